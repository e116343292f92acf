"""`AsyncClient`: the client for programs with asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import websockets.asyncio.client as ws
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

from a2f_server.client import http
from a2f_server.client.errors import ConnectionLost, Unreachable
from a2f_server.client.requests import Address, AudioSource, RequestOptions, StereoChannel, content_of, fields_of, query
from a2f_server.client.retry import BackOff
from a2f_server.client.script import PCM, Script
from a2f_server.client.speech import Speech
from a2f_server.client.turn import ClientTurn
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

T = TypeVar("T")
AsyncPCM = AsyncIterable[PCM] | Iterable[PCM]


class AsyncClient:
    """A server to animate with, for one event loop. Its arguments are those of `Client`."""

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        token: str | None = None,
        timeout: float = 60.0,
        busy_wait: float = 0.0,
        reconnect: float = 5.0,
    ) -> None:
        """Connects to nothing yet. Raises ValueError for an invalid address."""
        self.address = Address(url, key, token)
        self.timeout, self.busy_wait, self.reconnect = timeout, busy_wait, reconnect
        self._http: Any = None

    async def __aenter__(self) -> Self:
        """Returns the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        await self.close()

    async def close(self) -> None:
        """Closes the connections for requests."""
        opened, self._http = self._http, None
        if opened:
            await opened.aclose()

    async def animate(
        self, source: AudioSource, *, channel: StereoChannel = "mix", **options: Unpack[RequestOptions]
    ) -> FaceClip:
        """Returns the animation of a whole audio file. Raises OSError, or the server's error."""
        content = await asyncio.to_thread(content_of, source)
        answer = await self._request("POST", "/v1/animate", content=content, params=query(options, channel))
        return FaceClip.from_json(answer)

    async def speak(
        self,
        text: str | None = None,
        *,
        ssml: str | None = None,
        voice: str | None = None,
        **options: Unpack[RequestOptions],
    ) -> Speech:
        """Returns a text, or SSML, as audio and animation. Raises the server's error."""
        words = {"text": text, "ssml": ssml, "voice": voice, **options}
        body = {name: value for name, value in words.items() if value is not None}
        return Speech.from_json(await self._request("POST", "/v1/speak", json=body))

    def stream(
        self,
        pcm: AsyncPCM,
        sample_rate: int,
        *,
        channels: int = 1,
        channel: StereoChannel = "mix",
        **options: Unpack[RequestOptions],
    ) -> AsyncFaceStream:
        """Returns the frames of live audio, as clips that follow one another, while the audio goes in.

        `pcm` may be asynchronous. `sample_rate` is in Hz, 8000 to 48000.
        """
        return AsyncFaceStream(self, pcm, Script(sample_rate, channels, channel, options))

    async def voices(self) -> list[dict[str, Any]]:
        """Returns the voices of `speak`: name, locale, gender, description."""
        found: list[dict[str, Any]] = (await self._request("GET", "/v1/voices"))["voices"]
        return found

    async def health(self) -> dict[str, Any]:
        """Returns the state of the server."""
        return await self._request("GET", "/health")

    async def token(self, subject: str | None = None) -> str:
        """Returns a short-lived token for sockets, for a user of yours. It needs the key."""
        return str((await self._request("POST", "/v1/token", json={"subject": subject} if subject else {}))["token"])

    async def _request(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        async def attempt() -> dict[str, Any]:
            with http.unreachable(self.address.http, self.timeout):
                answer = await self._requests.request(method, self.address.http + path, **fields)
            return fields_of(answer.status_code, answer.content, answer.headers.get("retry-after"), self.address.http)

        return await self.retried(attempt, BackOff(self.busy_wait, self.reconnect))

    @property
    def _requests(self) -> Any:
        """The client for requests. Streams do without it: it takes 40 ms to load certificates."""
        if self._http is None:
            self._http = http.library().AsyncClient(**http.options(self.address, self.timeout))
        return self._http

    async def retried(self, attempt: Callable[[], Awaitable[T]], back_off: BackOff) -> T:
        """Returns what `attempt` returns, trying again as long as `back_off` allows."""
        while True:
            try:
                return await attempt()
            except A2FError as error:
                await asyncio.sleep(back_off.pause(error))


class AsyncFaceStream:
    """Iterate over it for FaceClips; use it in an `async with` block to end it early."""

    def __init__(self, client: AsyncClient, pcm: AsyncPCM, script: Script) -> None:
        self._client, self._pcm, self._script = client, pcm, script
        self._turn = ClientTurn()
        self._connection: ws.ClientConnection | None = None
        self._feeding: asyncio.Task[None] | None = None
        self._failure: Exception | None = None
        self._sent = 0
        self._sending = False
        self._frames = self._run()

    async def __aenter__(self) -> Self:
        """Returns the stream."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""
        await self.close()

    def __aiter__(self) -> AsyncIterator[FaceClip]:
        """Yields frames. Raises the server's error, or that of the audio's iterator."""
        return self._frames

    @property
    def lookahead(self) -> float:
        """Seconds of audio that the server needs after a frame's instant; known with the first frames."""
        return self._turn.lookahead

    @property
    def warning(self) -> str | None:
        """A warning about the audio, once all frames were read."""
        return self._turn.warning

    async def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on, by default from the audio sent so far on."""
        self._script.add_emotions(emotions, at)
        await self._flush()

    async def close(self) -> None:
        """Ends the stream."""
        await self._frames.aclose()
        await self._end()

    async def _end(self) -> None:
        if self._feeding:
            self._feeding.cancel()
            await asyncio.gather(self._feeding, return_exceptions=True)
        await self._disconnect()

    async def _run(self) -> AsyncGenerator[FaceClip]:
        back_off = BackOff(self._client.busy_wait, self._client.reconnect)
        try:
            while not self._turn.done:
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
        while not self._turn.done:
            clip = self._turn.receive(await self._next_message())
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
            raise Unreachable(http.unreachable_words(address.http, error)) from None
        self._connection, self._sent = connection, 0
        self._turn.receive(await self._next_message())  # ready, or what is wrong
        await self._flush()

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if not self._turn.done:
            connection.transport.abort()  # what waits to be sent is of no use any more
        await connection.close()

    async def _feed(self) -> None:
        try:
            async for pcm in _asynchronous(self._pcm):
                self._script.add_audio(pcm)
                await self._flush()
            self._script.end()
            await self._flush()
        except Exception as error:
            self._failure = error
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
