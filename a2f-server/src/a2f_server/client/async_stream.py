"""`AsyncFaceStream`: live frames for programs with asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

import websockets.asyncio.client as ws
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

from a2f_server.client import http
from a2f_server.client.errors import ConnectionLost, Unreachable
from a2f_server.client.retry import BackOff
from a2f_server.client.script import PCM, Script
from a2f_server.client.turn import ClientTurn
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

if TYPE_CHECKING:
    from a2f_server.client.async_client import AsyncClient

AsyncPCM = AsyncIterable[PCM] | Iterable[PCM]


class AsyncFaceStream:
    """Iterate over it for FaceClips.

    It ends with the audio, with `close`, at the end of an `async with` block, and when nothing refers to it any more,
    as after `break` in `async for clip in face.stream(…)`.
    """

    def __init__(self, client: AsyncClient, pcm: AsyncPCM, script: Script) -> None:
        self._exchange = _Exchange(client, pcm, script)
        self._frames = self._exchange.frames()

    async def __aenter__(self) -> Self:
        """Returns the stream."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""
        await self.close()

    def __aiter__(self) -> Self:
        """Returns the stream."""
        return self

    async def __anext__(self) -> FaceClip:
        """Returns the next frames. Raises the server's error, or that of the audio's iterator."""
        return await anext(self._frames)

    @property
    def lookahead(self) -> float:
        """Seconds of audio that the server needs after a frame's instant; known with the first frames."""
        return self._exchange.turn.lookahead

    @property
    def warning(self) -> str | None:
        """A warning about the audio, once all frames were read."""
        return self._exchange.turn.warning

    async def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on, by default from the audio sent so far on."""
        await self._exchange.set_emotions(emotions, at)

    async def close(self) -> None:
        """Ends the stream."""
        await self._frames.aclose()


class _Exchange:
    """The connection and the task that takes the audio. They do not refer to the stream, so that it is freed."""

    def __init__(self, client: AsyncClient, pcm: AsyncPCM, script: Script) -> None:
        self._client, self._pcm, self._script = client, pcm, script
        self.turn = ClientTurn()
        self._connection: ws.ClientConnection | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._sent = 0
        self._sending = self._ended = False

    async def set_emotions(self, emotions: Mapping[str, float], at: float | None) -> None:
        self._script.add_emotions(emotions, at)
        await self._flush()

    async def _end(self) -> None:
        self._ended = True
        if self._feeding:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        await self._disconnect()

    async def frames(self) -> AsyncGenerator[FaceClip]:
        """Yields the frames. Everything ends with the generator, when it is closed or freed."""
        back_off = BackOff(self._client.busy_wait, self._client.reconnect)
        try:
            while not self.turn.done:
                try:
                    await self._connect()
                    self._feeding = self._feeding or asyncio.create_task(self._feed())
                    async for clip in self._received():
                        back_off.succeeded()
                        yield clip
                except A2FError as error:
                    await self._disconnect()
                    self._raise_failure()
                    await asyncio.sleep(back_off.pause(error))
            self._raise_failure()
        finally:
            await self._end()

    async def _received(self) -> AsyncIterator[FaceClip]:
        while not self.turn.done:
            clip = self.turn.receive(await self._next_message())
            if clip is not None:
                yield clip

    async def _next_message(self) -> str | bytes:
        connection = self._connection
        while connection:
            try:
                async with asyncio.timeout(self._client.timeout):
                    return await connection.recv()
            except TimeoutError:
                if self._script.ended:  # else the server waits for audio
                    raise http.silent(self._client.address.http, self._client.timeout) from None
            except ConnectionClosed:
                break
        raise ConnectionLost(f"the connection to {self._client.address.http} broke")

    def _raise_failure(self) -> None:
        """Raises what the iterator of the audio raised."""
        if self._failure:
            raise self._failure

    async def _connect(self) -> None:
        address = self._client.address
        try:
            connection = await ws.connect(
                address.socket,
                additional_headers=address.headers,
                subprotocols=address.subprotocols,  # type: ignore[arg-type] # strings with a name
                compression=None,
                max_size=None,
                open_timeout=self._client.timeout,
                close_timeout=1,
            )
        except (OSError, InvalidHandshake, WebSocketException, EOFError) as error:
            raise Unreachable(http.socket_words(address.http, error)) from None
        self._connection, self._sent = connection, 0
        self.turn.receive(await self._next_message())  # ready, or what is wrong
        await self._flush()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if not self.turn.done:
            connection.transport.abort()  # what waits to be sent is of no use any more
        await connection.close()

    async def _feed(self) -> None:
        try:
            async for pcm in _asynchronous(self._pcm):
                self._script.add_audio(pcm)
                await self._flush()
            self._script.end()
            await self._flush()
        except (Exception, asyncio.CancelledError) as error:
            if self._ended:
                raise
            self._failure = error  # of the iterator, even if it waited for a task that was cancelled
            await self._disconnect()

    async def _flush(self) -> None:
        """Sends what the current connection has not got yet, unless another task is at it."""
        if self._sending:
            return
        self._sending = True
        try:
            while self._connection and self._sent < len(self._script.messages):
                self._sent += 1
                with suppress(ConnectionClosed):  # the reader notices
                    await self._connection.send(self._script.messages[self._sent - 1])
        finally:
            self._sending = False


async def _asynchronous(pcm: AsyncPCM) -> AsyncIterator[PCM]:
    if isinstance(pcm, AsyncIterable):
        async for part in pcm:
            yield part
    else:
        for part in pcm:
            yield part
            await asyncio.sleep(0)
