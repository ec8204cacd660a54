"""Secrets as in the environment of an orchestrator, and a search for them in the files of a run."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path

PLANTED = {
    # A variable that dbt hides, variables that the profile reads, and one that dbt does not know.
    "DBT_ENV_SECRET_WS_TOKEN": "planted-dbt-secret-6f1c",
    "DATABRICKS_CLIENT_SECRET": "planted-client-secret-93ab",
    "DATABRICKS_TOKEN": "planted-token-d07e",
    "AWS_SECRET_ACCESS_KEY": "planted-access-key-418b",
}


def secrets_left(folder: Path, secrets: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """Find the secrets in the files under a folder and in named outputs.

    Secrets are found as plain text and as encoded by HTTP basic authentication.
    """
    texts = {name: text.encode() for name, text in said.items()}
    texts |= {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    wanted = [form for secret in secrets for form in _forms(secret.encode())]
    return [name for name, text in texts.items() if any(form in text for form in wanted)]


def _forms(secret: bytes) -> list[bytes]:
    # Base64 of the secret after zero, one or two other bytes, without the ends that depend on the
    # surrounding bytes.
    return [secret, *(b64encode(bytes(n) + secret)[4:-4] for n in range(3))]
