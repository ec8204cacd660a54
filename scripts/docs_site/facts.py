"""The facts of a table that its page shows, and those of the metrics."""

from __future__ import annotations

import re
from typing import Any

import networkx

from scripts import bilingual
from scripts.docs_site.nodes import Nodes
from scripts.docs_site.origins import Origins

MATERIALIZED = {"incremental": "테이블", "table": "테이블", "view": "뷰", "snapshot": "스냅샷"}
_SNAPSHOT_TIMES = ("dbt_updated_at", "dbt_valid_from", "dbt_valid_to")


class Facts:
    """The facts, from the manifest and the origins of columns."""

    def __init__(self, manifest: dict[str, Any], nodes: Nodes, origins: Origins) -> None:
        self.manifest = manifest
        self.nodes = nodes
        self.origins = origins

    def columns(self, name: str) -> list[dict[str, Any]]:
        """The columns, each with its label, Korean and English description, type and origin."""
        rows = []
        for column in self.nodes.by_name[name]["columns"].values():
            korean, english = bilingual.split_column(column["description"])
            label, meaning = bilingual.split_label(korean)
            rows.append(
                {
                    "name": column["name"],
                    "type": column["data_type"] or self._type_of_snapshot(name, column["name"]),
                    "label": label,
                    "korean": meaning,
                    "english": english[:1].upper() + english[1:],
                    "origin": self.origins.of(name, column["name"]),
                }
            )
        return rows

    def _type_of_snapshot(self, name: str, column: str) -> str:
        """The type of a snapshot column: that of the source, or of a column that dbt adds.
        Snapshots declare no types."""
        if column.startswith("dbt_"):
            return "timestamp" if column in _SNAPSHOT_TIMES else "string"
        for source in networkx.ancestors(self.nodes.graph, name):
            found = self.nodes.by_name[source]["columns"].get(column, {}).get("data_type")
            if found:
                return found
        return "bigint"  # membership_seq, a row_number

    def key(self, name: str) -> list[str]:
        """The columns that identify a row."""
        node = self.nodes.by_name[name]
        if node["resource_type"] == "snapshot":
            return [*re.findall(r"[a-z_]{3,}", node["config"]["unique_key"]), "dbt_valid_from"]
        # The partition column first, then in the order of the table's description.
        return sorted(
            node["primary_key"],
            key=lambda column: (column != "part_date", node["description"].find(f"`{column}`")),
        )

    def freshness(self) -> dict[str, int]:
        """Hours after which the freshness check of the client log warns, and when it fails."""
        node = self.nodes.by_name["weplyapi_client_log"]
        return {
            kind: node["freshness"][f"{kind}_after"]["count"]
            * {"hour": 1, "day": 24}[node["freshness"][f"{kind}_after"]["period"]]
            for kind in ("warn", "error")
        }

    def of(self, name: str) -> dict[str, Any]:
        node = self.nodes.by_name[name]
        uses = [
            (exposure["label"], *bilingual.split_table(exposure["description"]))
            for exposure in self.manifest["exposures"].values()
            if node["unique_id"] in exposure["depends_on"]["nodes"]
        ]
        materialized = node["config"]["materialized"]
        return {
            "schema": node["schema"],
            "kind": MATERIALIZED[materialized],
            "is_view": materialized == "view",
            "is_snapshot": node["resource_type"] == "snapshot",
            "key": self.key(name),
            "owner": node["config"]["meta"]["owner"],
            "dag": node["config"]["meta"]["dag"],
            "weekly": node["config"]["meta"].get("period") == "week",
            "partitioned": "part_date" in node["columns"] and materialized != "view",
            "columns": len(node["columns"]),
            "uses": uses,
            "file": node["original_file_path"],
        }


def metrics_of(manifest: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The metrics, the saved queries, and the dimensions by which metrics can be grouped."""
    models = manifest["semantic_models"].values()
    made_of = {measure["name"]: model["name"] for model in models for measure in model["measures"]}
    metrics = manifest["metrics"].values()
    groupings = [
        {
            "metrics": [
                metric["name"]
                for metric in metrics
                for measure in metric["type_params"]["input_measures"][:1]
                if made_of[measure["name"]] == model["name"]
            ],
            "dimensions": [
                {
                    "name": f"{model['primary_entity']}__{dimension['name']}",
                    "label": dimension["label"],
                }
                for dimension in model["dimensions"]
                if dimension["type"] == "categorical"
            ],
        }
        for model in models
    ]
    saved_queries = manifest["saved_queries"].values()
    return {
        "metrics": [_described(metric) for metric in metrics],
        "saved_queries": [_described(query) for query in saved_queries],
        "groupings": groupings,
    }


def _described(node: dict[str, Any]) -> dict[str, str]:
    """The name, label, and Korean and English description of a metric or saved query."""
    korean, english = bilingual.split_sentences(node["description"])
    return {"name": node["name"], "label": node["label"], "korean": korean, "english": english}
