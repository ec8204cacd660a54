"""The complete endpoint, on a local address and with its own certificate.

A dbt-databricks profile has a host but no port, so the endpoint listens on port 443. On Linux every
127.x.y.z address is local. Each endpoint uses its own address, so several can run at the same time.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import randint

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.endpoint.engine import Engine
from tests.support.endpoint.record import Record
from tests.support.endpoint.server import Server


@dataclass(frozen=True)
class Endpoint:
    engine: Engine
    record: Record
    environment: dict[str, str]  # what a client needs to connect: address, certificate, credentials
    tokens: set[str]  # tokens that were issued to clients


@contextmanager
def running_endpoint(
    catalog: str, folder: Path, *, address: str, packages: str, ivy: Path
) -> Iterator[Endpoint]:
    certificate = folder / "certificate.pem"
    certificate.write_bytes(_self_signed(address))
    client_id, client_secret = "test-client", f"dose{secrets.token_hex(16)}"
    engine = Engine(catalog, folder / "engine", packages=packages, ivy=ivy)
    try:
        record = Record()
        server = Server(
            engine,
            record,
            address=address,
            certificate=certificate,
            client_id=client_id,
            client_secret=client_secret,
        )
        server.start()
        try:
            yield Endpoint(
                engine,
                record,
                {
                    "DATABRICKS_HOST": address,
                    "DATABRICKS_CATALOG": catalog,
                    "DATABRICKS_CLIENT_ID": client_id,
                    "DATABRICKS_CLIENT_SECRET": client_secret,
                    "SSL_CERT_FILE": str(certificate),
                    "REQUESTS_CA_BUNDLE": str(certificate),
                    "NO_PROXY": address,
                },
                server.workspace.tokens,
            )
        finally:
            server.stop()
    finally:
        engine.stop()


def free_address() -> str:
    """A local address whose port 443 is free. Raises OSError if there is none."""
    for _ in range(20):
        address = f"127.{randint(1, 254)}.{randint(0, 254)}.{randint(1, 254)}"
        if _can_bind(address):
            return address
    with socket.create_server(("127.0.0.1", 443)):
        return "127.0.0.1"


def _can_bind(address: str) -> bool:
    try:
        with socket.create_server((address, 443)):
            return True
    except OSError:
        return False


def _self_signed(address: str) -> bytes:
    """A key and a certificate in PEM format, valid for one day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
