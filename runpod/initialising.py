"""Answers load balancers while a model is being downloaded: /ping says 204, which RunPod reads as "not yet".

python runpod/initialising.py PORT        until it is stopped
"""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STATE = ("/ping", "/health")


class Initialising(BaseHTTPRequestHandler):
    """204 for those who ask about the state, 503 for all others."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any GET, a WebSocket's handshake too."""
        waiting = self.path.partition("?")[0] in STATE
        self.send_response(204 if waiting else 503)
        if not waiting:
            self.send_header("Retry-After", "10")
            self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    do_HEAD = do_POST = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing: health checks come every few seconds."""


if __name__ == "__main__":
    try:
        server = ThreadingHTTPServer(("", int(sys.argv[1])), Initialising)
    except OSError as error:
        sys.exit(f"initialising: nobody is told that the model is on its way, port {sys.argv[1]}: {error.strerror}")
    with server:
        server.serve_forever()
