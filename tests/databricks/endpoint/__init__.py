"""A local SQL endpoint that the unmodified dbt-databricks takes for a Databricks workspace.

    server.py   the wire: HTTPS, OAuth for a service principal, and TCLIService (Databricks'
                dialect of HiveServer2's Thrift protocol) on the connector's own generated module
    engine.py   what is behind it: a Spark session with real Delta Lake that serves one catalog,
                and the computes (SQL warehouse, clusters) that an `http_path` can name
    kinds.py    what the endpoint knows of SQL: every kind of statement, and for those that
                Databricks has and Spark with Delta has not, the rule by which it answers
    catalog.py  what Unity Catalog keeps beside the tables: `information_schema`, keys, grants
    record.py   every statement that came, and how it was answered
    holding.py  how a test makes one client's statement wait while others go through

It knows the statements that this project makes dbt-databricks send and no others: anything else
fails. It stands in for no permissions, Photon, clustering or query tags, and its Spark is not
Databricks Runtime; docs/engines.md says what it can prove.
"""
