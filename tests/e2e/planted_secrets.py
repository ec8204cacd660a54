"""Secrets as an orchestrator's environment holds them, and a look at what a run leaves behind."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path

PLANTED = {
    # What dbt itself promises to hide, what the profile reads, and what no one has told it of.
    "DBT_ENV_SECRET_WS_TOKEN": "planted-dbt-secret-6f1c",
    "DATABRICKS_CLIENT_SECRET": "planted-client-secret-93ab",
    "DATABRICKS_TOKEN": "planted-token-d07e",
    "AWS_SECRET_ACCESS_KEY": "planted-access-key-418b",
}


def secrets_left(folder: Path, secrets: Iterable[str], said: Mapping[str, str]) -> list[str]:
    """Where one of the secrets stands: the files under a folder, and what has been said, by name.

    As it is, or as HTTP's basic authentication would carry it.
    """
    texts = {name: text.encode() for name, text in said.items()}
    texts |= {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    wanted = [form for secret in secrets for form in _forms(secret.encode())]
    return [name for name, text in texts.items() if any(form in text for form in wanted)]


def _forms(secret: bytes) -> list[bytes]:
    # Base64 of what stands behind one, two or three other bytes, without the ends that depend on
    # what is around.
    return [secret, *(b64encode(bytes(n) + secret)[4:-4] for n in range(3))]
