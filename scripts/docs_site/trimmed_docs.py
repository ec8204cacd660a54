"""dbt's own documentation page as one file, without what its readers do not look for.

The lineage and the search of `dbt docs generate --static` are crowded with unit tests, singular
tests, analyses, seeds, metrics, and the macros of all packages. This module leaves them out of the
manifest and the catalog, and then puts both into dbt's page as `--static` does. The page itself is
dbt's. Generic tests stay, because the page shows them in the column "Data Tests" of each table.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from dbt.task.docs import DOCS_INDEX_FILE_PATH

# The versions of dbt's artifacts whose parts this module knows.
SCHEMAS = {
    "manifest": "https://schemas.getdbt.com/dbt/manifest/v12.json",
    "catalog": "https://schemas.getdbt.com/dbt/catalog/v1.json",
}
# The text that dbt replaces by an artifact, `MANIFEST.JSON INLINE DATA` in quotes.
PLACE = '"{}.JSON INLINE DATA"'

KEPT_PARTS = ("nodes", "sources", "exposures")
EMPTIED_PARTS = ("macros", "unit_tests", "metrics", "semantic_models", "saved_queries", "disabled")
LEFT_OUT = ("analysis", "operation", "seed")


def trimmed(manifest: dict[str, Any], overview: str) -> dict[str, Any]:
    """A copy of the manifest for the page, whose first page is the Markdown text `overview`."""
    first_page = f"doc.{manifest['metadata']['project_name']}.__overview__"
    kept = {part: copy.deepcopy(manifest[part]) for part in KEPT_PARTS}
    kept["nodes"] = {
        name: node
        for name, node in kept["nodes"].items()
        if node["resource_type"] not in LEFT_OUT
        and (node["resource_type"] != "test" or "test_metadata" in node)
    }
    names = {name for nodes in kept.values() for name in nodes}
    for nodes in kept.values():
        for node in nodes.values():
            if "depends_on" in node:
                node["depends_on"]["macros"] = []
    return {
        **manifest,
        **kept,
        # The page would otherwise report its visitors to dbt Labs.
        "metadata": manifest["metadata"] | {"send_anonymous_usage_stats": False},
        **{part: {} for part in EMPTIED_PARTS},
        "docs": {first_page: manifest["docs"][first_page] | {"block_contents": overview}},
        **{
            part: {
                name: [other for other in others if other in names]
                for name, others in manifest[part].items()
                if name in names
            }
            for part in ("parent_map", "child_map")
        },
    }


def page(manifest: dict[str, Any], catalog: dict[str, Any], overview: str) -> str:
    """The page as HTML. ValueError: dbt's artifacts or its page are not those that are known."""
    for name, artifact in (("manifest", manifest), ("catalog", catalog)):
        found = artifact["metadata"]["dbt_schema_version"]
        if found != SCHEMAS[name]:
            raise ValueError(
                f"dbt wrote a {name} of the schema {found}, and"
                f" scripts/docs_site/trimmed_docs.py knows {SCHEMAS[name]}."
                " Compare the two schemas, then correct that script."
            )
    kept = trimmed(manifest, overview)
    shown = kept["nodes"] | kept["sources"]
    catalog = catalog | {
        part: {name: table for name, table in catalog[part].items() if name in shown}
        for part in ("nodes", "sources")
    }
    html = Path(DOCS_INDEX_FILE_PATH).read_text(encoding="utf-8")
    for name, artifact in (("manifest", kept), ("catalog", catalog)):
        place = PLACE.format(name.upper())
        if html.count(place) != 1:
            raise ValueError(f"dbt's documentation page has no place for the {name} ({place}).")
        # The variables DBT_ENV_CUSTOM_ENV_… of whoever builds the page are not for its readers.
        artifact = artifact | {"metadata": artifact["metadata"] | {"env": {}}}
        # A text with `</script>` would end the script that holds the artifact.
        html = html.replace(place, json.dumps(artifact, ensure_ascii=False).replace("</", r"<\/"))
    return html
