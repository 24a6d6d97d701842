"""What functions ask of AWS while they are measured: their secrets, and the bus. It checks nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class AwsStandIn:
    """``secrets`` by their id; ``on_events`` is called with the entries of each call, as a bus' rule would be."""

    endpoint: str = ""
    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    on_events: Callable[[list[dict[str, Any]]], None] = lambda _entries: None

    @staticmethod
    @contextmanager
    def start() -> Iterator["AwsStandIn"]:
        stand_in = AwsStandIn()
        with ThreadingHTTPServer(("127.0.0.1", 0), _handler(stand_in)) as server:
            stand_in.endpoint = f"http://127.0.0.1:{server.server_port}"
            thread = Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield stand_in
            finally:
                server.shutdown()
                thread.join()

    def answer(self, target: str, request: dict[str, Any]) -> dict[str, Any]:
        if target == "secretsmanager.GetSecretValue":
            return {"SecretString": json.dumps(self.secrets[request["SecretId"]])}
        if target == "AWSEvents.PutEvents":
            self.on_events(request["Entries"])
            return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in request["Entries"]]}
        raise LookupError(f"{target}: the benchmark knows no such call")


def _handler(stand_in: AwsStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # header and body leave in one write
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(stand_in.answer(self.headers["X-Amz-Target"], request)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Stay silent."""

    return Handler
