"""Two servers with nothing but a WebSocket: each message of audio is answered with its loudness.

python bench/bare_servers.py uvicorn 9001
python bench/bare_servers.py websockets 9002
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress

import numpy as np
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


def answer(audio: bytes) -> str:
    """Returns the loudness of 16-bit PCM, as a message of about the size of a frame."""
    samples = np.frombuffer(audio, "<i2").astype(np.float32)
    return json.dumps({"type": "level", "level": float(np.sqrt(np.mean(samples * samples))), "weights": [0.0] * 20})


async def over_uvicorn(socket: WebSocket) -> None:
    await socket.accept()
    try:
        while True:
            await socket.send_text(answer(await socket.receive_bytes()))
    except WebSocketDisconnect:
        pass


async def over_websockets(socket: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for message in socket:
            await socket.send(answer(message))  # type: ignore[arg-type]


async def run_websockets(port: int) -> None:
    async with serve(over_websockets, "127.0.0.1", port, compression=None):
        await asyncio.Future()


def main() -> None:
    kind, port = sys.argv[1], int(sys.argv[2])
    if kind == "websockets":
        uvloop.run(run_websockets(port))
    else:
        app = Starlette(routes=[WebSocketRoute("/ws", over_uvicorn), Route("/ping", lambda request: None)])
        uvicorn.run(app, port=port, log_level="error", ws_per_message_deflate=False)


if __name__ == "__main__":
    main()
