"""The socket of an older client: sends the frames of a session in real time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

from starlette.websockets import WebSocket, WebSocketDisconnect

from a2f_server.api.encoding import encode_json
from a2f_server.clip import FaceClip, named, rounded
from a2f_server.errors import A2FError, BadMessage, TimedOut
from a2f_server.settings import Settings
from a2f_server.uvicorn_server.websocket_protocol import EXTENSION, SocketProtocol

MOST_IGNORED = 1000
"""Messages that a client may send while its frames are sent. They have no meaning."""


class _Stuck(TimedOut):
    """The client does not read, so no error can be sent to it either."""


class Playback:
    """Waits for `{"action": "start"}`, then sends each frame at its time and `complete`.

    It goes on reading meanwhile, so that pings are answered and a client that leaves is noticed.
    """

    def __init__(self, socket: WebSocket, take: Callable[[], FaceClip], settings: Settings) -> None:
        """`take` returns the animation once the client asks for it, or raises NotFound."""
        self._socket, self._take, self._settings = socket, take, settings
        self._error: A2FError | None = None
        self._playing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Returns once all frames or an error were sent. Raises WebSocketDisconnect or OSError if the client left."""
        self._playing = asyncio.create_task(self._play())
        try:
            await self._playing
        except asyncio.CancelledError:
            if self._error is None:
                raise
        except A2FError as error:
            self._error = error
        finally:
            self._playing.cancel()
        if self._error:
            await self._refuse(self._error)

    def fail(self, error: A2FError) -> None:
        """Ends it with an error."""
        self._error = error
        if self._playing:
            self._playing.cancel()

    async def _play(self) -> None:
        await self._started()
        clip = self._take()
        tasks = [asyncio.create_task(self._send_frames(clip)), asyncio.create_task(self._ignore_messages())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _started(self) -> None:
        try:
            async with asyncio.timeout(self._settings.idle_s):
                message = await self._socket.receive_json()
        except TimeoutError:
            raise TimedOut('nothing came: send {"action": "start"} to get the frames') from None
        except (KeyError, ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or message.get("action") != "start":
            raise BadMessage('the first message must be {"action": "start"}')

    async def _send_frames(self, clip: FaceClip) -> None:
        begun = time.monotonic()
        for i, frame in enumerate(numbered_frames(clip)):
            await asyncio.sleep(max(0.0, begun + i / clip.fps - time.monotonic()))
            await self._send({"type": "frame", "data": frame})
        await self._send({"type": "complete"})
        await self._socket.close()

    async def _send(self, message: dict[str, object]) -> None:
        patience = self._settings.send_timeout_s
        try:
            async with asyncio.timeout(patience):
                await self._socket.send_text(encode_json(message))
        except TimeoutError:
            raise _Stuck(f"the client read nothing for {patience:g} s") from None

    async def _ignore_messages(self) -> None:
        for _ in range(MOST_IGNORED):
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
        raise BadMessage("too many messages: a session takes no more than its start")

    async def _refuse(self, error: A2FError) -> None:
        protocol: SocketProtocol | None = self._socket.scope["extensions"].get(EXTENSION)
        if isinstance(error, _Stuck) and protocol:
            return protocol.abort()
        await self._socket.send_text(encode_json({"type": "error", "message": error.message}))
        await self._socket.close(error.close or 1008)


def numbered_frames(clip: FaceClip) -> Iterator[dict[str, object]]:
    """Yields each frame with its number and its time in seconds."""
    for i in range(len(clip)):
        weights = named(clip.names, rounded(clip.weights[i : i + 1])[0])
        yield {"frame": i, "timestamp": i / clip.fps, "blendshapes": weights}
