"""Warehouses, generators of logs, the oracles of the specification, and a Databricks endpoint."""
