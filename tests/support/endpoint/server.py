"""The protocol that databricks-sql-connector and databricks-sdk use with a workspace.

Every answer to a statement is complete (a "direct result" with all rows in Arrow format), so the
connector needs only three calls: OpenSession, ExecuteStatement, CloseSession. Any other call fails
in the client as unknown.
"""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
from databricks.sql.thrift_api.TCLIService import TCLIService
from databricks.sql.thrift_api.TCLIService import ttypes as thrift
from thrift.protocol.TBinaryProtocol import TBinaryProtocol
from thrift.transport.TTransport import TMemoryBuffer

from tests.support.endpoint.engine import Engine, Session
from tests.support.endpoint.record import REFUSED, OpenedSession, Record, Statement

PROTOCOL = thrift.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V7
TOKEN_PATH = "/oidc/v1/token"

Guid = bytes


class Server:
    """An HTTPS server at `address`:443 in separate threads, from `start` to `stop`.

    The port is 443 because a dbt-databricks profile has a host but no port.
    """

    def __init__(
        self,
        engine: Engine,
        record: Record,
        *,
        address: str,
        certificate: Path,  # key and certificate in one PEM file
        client_id: str,
        client_secret: str,
    ) -> None:
        self.workspace = Workspace(engine, record, address, client_id, client_secret)
        handler = type("BoundHandler", (HttpHandler,), {"workspace": self.workspace})
        self._http = ThreadingHTTPServer((address, 443), handler)
        self._http.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        # The handshake is done in the thread of the connection, so connections do not wait.
        self._http.socket = tls.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )

    def start(self) -> None:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class Workspace:
    """State shared by all connections: the valid credentials and the open sessions."""

    def __init__(
        self, engine: Engine, record: Record, address: str, client_id: str, client_secret: str
    ) -> None:
        self.engine = engine
        self.record = record
        self.url = f"https://{address}"
        self.credentials = f"{client_id}:{client_secret}"
        self.tokens: set[str] = set()
        self.sessions: dict[Guid, Session] = {}

    def token(self, authorization: str) -> dict[str, Any] | None:
        """The OAuth answer for a client with the right id and secret, None for any other client."""
        scheme, _, shown = authorization.partition(" ")
        if scheme != "Basic" or base64.b64decode(shown).decode() != self.credentials:
            return None
        token = secrets.token_hex(16)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def admits(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and token in self.tokens


class HttpHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    workspace: Workspace

    def do_GET(self) -> None:
        self.workspace.record.count_request(f"GET {self.path}")
        if self.path == "/.well-known/databricks-config":
            # The SDK and the adapter both ask for the kind of host.
            oidc = f"{self.workspace.url}/oidc"
            return self._send_json(200, {"host_type": "workspace", "oidc_endpoint": oidc})
        if self.path == "/oidc/.well-known/oauth-authorization-server":
            url = self.workspace.url
            return self._send_json(
                200,
                {
                    "authorization_endpoint": f"{url}/oidc/v1/authorize",
                    "token_endpoint": f"{url}{TOKEN_PATH}",
                },
            )
        # For example feature flags of the connector, which continues without them.
        self._send_json(404, {"error_code": "NOT_FOUND", "message": "not on this endpoint"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization = self.headers.get("Authorization", "")
        if self.path == TOKEN_PATH:
            self.workspace.record.count_request(f"POST {self.path}")
            token = self.workspace.token(authorization)
            if token is None:
                return self._send_json(401, {"error": "invalid_client"})
            return self._send_json(200, token)
        if not self.path.startswith("/sql/"):
            # Telemetry of the connector.
            self.workspace.record.count_request(f"POST {self.path}")
            return self._send_json(404, {"error_code": "NOT_FOUND", "message": "no such API"})
        if not self.workspace.admits(authorization):
            return self._send_json(403, {"error_code": "PERMISSION_DENIED", "message": "no token"})
        answer = TMemoryBuffer()
        TCLIService.Processor(ThriftService(self.workspace, self.path)).process(
            TBinaryProtocol(TMemoryBuffer(body)), TBinaryProtocol(answer)
        )
        self._send(200, "application/x-thrift", answer.getvalue())

    def _send_json(self, status: int, content: dict[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(content).encode())

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Log nothing to stderr, because the record has all requests."""


class ThriftService(TCLIService.Iface):
    """The TCLIService calls of the connector on one `http_path`."""

    def __init__(self, workspace: Workspace, http_path: str) -> None:
        self.workspace = workspace
        self.http_path = http_path

    def OpenSession(self, request: thrift.TOpenSessionReq) -> thrift.TOpenSessionResp:
        settings = dict(request.configuration or {})
        namespace = request.initialNamespace
        session = self.workspace.engine.open(
            self.http_path, namespace.catalogName, namespace.schemaName, settings
        )
        record = self.workspace.record
        record.add(OpenedSession(record.command, session.compute.name, settings))
        handle = thrift.TSessionHandle(sessionId=_new_id(), serverProtocolVersion=PROTOCOL)
        self.workspace.sessions[handle.sessionId.guid] = session
        return thrift.TOpenSessionResp(
            status=_success(),
            sessionHandle=handle,
            serverProtocolVersion=PROTOCOL,
            configuration={},
            initialNamespace=namespace,
            canUseMultipleCatalogs=True,
        )

    def CloseSession(self, request: thrift.TCloseSessionReq) -> thrift.TCloseSessionResp:
        self.workspace.sessions.pop(request.sessionHandle.sessionId.guid, None)
        return thrift.TCloseSessionResp(status=_success())

    def CloseOperation(self, _: thrift.TCloseOperationReq) -> thrift.TCloseOperationResp:
        return thrift.TCloseOperationResp(status=_success())

    def ExecuteStatement(
        self, request: thrift.TExecuteStatementReq
    ) -> thrift.TExecuteStatementResp:
        session = self.workspace.sessions[request.sessionHandle.sessionId.guid]
        operation = thrift.TOperationHandle(
            operationId=_new_id(),
            operationType=thrift.TOperationType.EXECUTE_STATEMENT,
            hasResultSet=True,
        )
        try:
            if request.parameters:
                raise ValueError("This endpoint takes no statement parameters.")
            result = self._recorded(session, request.statement)
        except Exception as error:  # any error is reported to the client, and dbt fails with it
            message = self.workspace.engine.message_of(error)
            results = thrift.TSparkDirectResults(
                operationStatus=thrift.TGetOperationStatusResp(
                    status=_success(),
                    operationState=thrift.TOperationState.ERROR_STATE,
                    displayMessage=message,
                    errorMessage=message,
                )
            )
        else:
            results = _direct_results(result)
        return thrift.TExecuteStatementResp(
            status=_success(), operationHandle=operation, directResults=results
        )

    def _recorded(self, session: Session, text: str) -> pa.Table:
        record = self.workspace.record
        command, started = record.command, time.monotonic()

        def add(kind: str, answer: str, error: str | None = None) -> None:
            seconds = time.monotonic() - started
            compute = session.compute.name
            record.add(Statement(command, compute, text, kind, answer, error, seconds))

        try:
            kind, result = session.execute(text)
        except Exception as error:
            add(session.kind_of(text), REFUSED, self.workspace.engine.message_of(error))
            raise
        add(kind.name, kind.answered)
        return result


def _success() -> thrift.TStatus:
    return thrift.TStatus(statusCode=thrift.TStatusCode.SUCCESS_STATUS)


def _new_id() -> thrift.THandleIdentifier:
    return thrift.THandleIdentifier(guid=uuid.uuid4().bytes, secret=uuid.uuid4().bytes)


# -- Results ----------------------------------------------------------------------------------


def _direct_results(table: pa.Table) -> thrift.TSparkDirectResults:
    batches = [
        thrift.TSparkArrowBatch(batch=batch.serialize().to_pybytes(), rowCount=batch.num_rows)
        for batch in table.to_batches()
        if batch.num_rows
    ]
    return thrift.TSparkDirectResults(
        operationStatus=thrift.TGetOperationStatusResp(
            status=_success(), operationState=thrift.TOperationState.FINISHED_STATE
        ),
        resultSetMetadata=thrift.TGetResultSetMetadataResp(
            status=_success(),
            schema=thrift.TTableSchema(
                columns=[
                    _column(position, column)
                    for position, column in enumerate(table.schema, start=1)
                ]
            ),
            resultFormat=thrift.TSparkRowSetType.ARROW_BASED_SET,
            arrowSchema=table.schema.serialize().to_pybytes(),
            lz4Compressed=False,
            isStagingOperation=False,
        ),
        resultSet=thrift.TFetchResultsResp(
            status=_success(),
            hasMoreRows=False,
            results=thrift.TRowSet(startRowOffset=0, rows=[], arrowBatches=batches),
        ),
        closeOperation=thrift.TCloseOperationResp(status=_success()),
    )


def _column(position: int, column: pa.Field) -> thrift.TColumnDesc:
    entry = thrift.TPrimitiveTypeEntry(type=_type_id(column.type))
    if pa.types.is_decimal(column.type):
        value = thrift.TTypeQualifierValue
        entry.typeQualifiers = thrift.TTypeQualifiers(
            {
                "precision": value(i32Value=column.type.precision),
                "scale": value(i32Value=column.type.scale),
            }
        )
    return thrift.TColumnDesc(
        columnName=column.name,
        typeDesc=thrift.TTypeDesc(types=[thrift.TTypeEntry(primitiveEntry=entry)]),
        position=position,
    )


_TYPE_IDS: list[tuple[Callable[[pa.DataType], bool], int]] = [
    (pa.types.is_string, thrift.TTypeId.STRING_TYPE),
    (pa.types.is_boolean, thrift.TTypeId.BOOLEAN_TYPE),
    (pa.types.is_int32, thrift.TTypeId.INT_TYPE),
    (pa.types.is_int64, thrift.TTypeId.BIGINT_TYPE),
    (pa.types.is_decimal, thrift.TTypeId.DECIMAL_TYPE),
    (pa.types.is_float64, thrift.TTypeId.DOUBLE_TYPE),
    (pa.types.is_date, thrift.TTypeId.DATE_TYPE),
    (pa.types.is_timestamp, thrift.TTypeId.TIMESTAMP_TYPE),
    (pa.types.is_map, thrift.TTypeId.MAP_TYPE),
    (pa.types.is_struct, thrift.TTypeId.STRUCT_TYPE),
]


def _type_id(arrow: pa.DataType) -> int:
    for matches, type_id in _TYPE_IDS:
        if matches(arrow):
            return type_id
    raise TypeError(f"A column of type {arrow} has no type on the wire of this endpoint.")
