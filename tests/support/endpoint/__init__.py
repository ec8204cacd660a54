"""A local SQL endpoint that looks like a Databricks workspace to the unmodified dbt-databricks.

    server.py   the protocol: HTTPS, OAuth for a service principal, and TCLIService (Databricks'
                dialect of HiveServer2's Thrift protocol), using the connector's generated module
    engine.py   the engine: a Spark session with real Delta Lake that serves one catalog, and the
                computes (SQL warehouse, clusters) that an `http_path` can name
    kinds.py    the supported SQL: every kind of statement, and the rule that answers statements
                which Databricks has and Spark with Delta Lake lacks
    catalog.py  metadata that Unity Catalog keeps: `information_schema`, keys, grants
    record.py   every received statement, and how it was answered
    holding.py  lets a test hold one client's statement while others continue

The endpoint accepts only the statements that this project makes dbt-databricks send. Any other
statement fails. It does not implement permissions, Photon, clustering or query tags, and its Spark
is not Databricks Runtime. docs/engines.md explains what it can prove.
"""
