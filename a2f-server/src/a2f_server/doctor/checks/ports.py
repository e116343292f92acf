"""The ports: whether the server could open them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, error, ok
from a2f_server.uvicorn_server.listening import CannotListen, listen

TIMEOUT_S = 3.0


def check(context: CheckContext) -> Iterator[Finding]:
    """Opens each port for a moment. A port that a2f-server itself has taken is fine."""
    settings = context.settings
    wanted = {"A2F_PORT": settings.port}
    if settings.grpc_port is not None:
        wanted["A2F_GRPC_PORT"] = settings.grpc_port
    running = _is_ours(settings.host, settings.port)
    if running:
        yield ok(f"a2f-server {running} is running on port {settings.port}")
    for name, port in wanted.items():
        if not running:
            yield _free(settings.host, port, name)


def _free(host: str, port: int, name: str) -> Finding:
    try:
        for opened in listen(host, port):
            opened.close()
    except CannotListen as failure:
        return error(str(failure), f"set {name} to another port, or stop the program")
    return ok(f"port {port} is free ({name})" if port else f"{name}=0: a free port is chosen")


def _is_ours(host: str, port: int) -> str | None:
    """Returns the version of the a2f-server that answers there, None if none does."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://{name}:{port}/health", timeout=TIMEOUT_S) as answer:
            health = json.loads(answer.read(1 << 16))
    except urllib.error.HTTPError as failure:
        health = _json(failure.read(1 << 16))
    except (OSError, ValueError):
        return None
    ours = isinstance(health, dict) and health.get("service") == "a2f-server"
    return str(health.get("version")) if ours else None


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
