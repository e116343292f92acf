"""Answers load balancers while a model is downloading: /ping returns 204, which tells RunPod to wait.

python runpod/initialising.py PORT        runs until it is stopped
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATE = ("/ping", "/health")


class Initialising(BaseHTTPRequestHandler):
    """Returns 204 for health checks and 503 for everything else."""

    protocol_version = "HTTP/1.1"
    timeout = 5
    """Seconds that a client may keep its thread waiting."""

    def do_GET(self) -> None:
        """Answers any GET, including a WebSocket handshake."""
        waiting = self.path.partition("?")[0] in STATE
        self.send_response(204 if waiting else 503)
        if not waiting:
            self.send_header("Retry-After", "10")
            self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """Logs nothing, because health checks arrive every few seconds."""


if __name__ == "__main__":
    try:
        server = ThreadingHTTPServer(("", int(sys.argv[1])), Initialising)
    except OSError as error:
        sys.exit(f"initialising: cannot answer health checks on port {sys.argv[1]}: {error.strerror}")
    with server:
        server.serve_forever()
