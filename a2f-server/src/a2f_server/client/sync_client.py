"""`Client`: the client for programs without asyncio."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import websockets.sync.client as ws
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


class Client:
    """A server to animate with. Threads may share it; each `stream` belongs to one thread.

    url: of the server. key: its API key; token: one that it gave, for `stream` only. timeout: seconds for which the
    server may be silent. busy_wait: seconds for which to try again if it is busy (0: raise Busy at once). reconnect:
    seconds for which to try again if it cannot be reached, or if the connection breaks.
    """

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
        self._opening = threading.Lock()

    def __enter__(self) -> Self:
        """Returns the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def close(self) -> None:
        """Closes the connections for requests."""
        with self._opening:
            opened, self._http = self._http, None
        if opened:
            opened.close()

    def animate(
        self, source: AudioSource, *, channel: StereoChannel = "mix", **options: Unpack[RequestOptions]
    ) -> FaceClip:
        """Returns the animation of a whole audio file. Raises OSError, or the server's error."""
        content = content_of(source)
        return FaceClip.from_json(self._request("POST", "/v1/animate", content=content, params=query(options, channel)))

    def speak(
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
        return Speech.from_json(self._request("POST", "/v1/speak", json=body))

    def stream(
        self,
        pcm: Iterable[PCM],
        sample_rate: int,
        *,
        channels: int = 1,
        channel: StereoChannel = "mix",
        **options: Unpack[RequestOptions],
    ) -> FaceStream:
        """Returns the frames of live audio, as clips that follow one another, while the audio goes in.

        A thread of its own takes the audio from `pcm`. `sample_rate` is in Hz, 8000 to 48000.
        """
        return FaceStream(self, pcm, Script(sample_rate, channels, channel, options))

    def voices(self) -> list[dict[str, Any]]:
        """Returns the voices of `speak`: name, locale, gender, description."""
        found: list[dict[str, Any]] = self._request("GET", "/v1/voices")["voices"]
        return found

    def health(self) -> dict[str, Any]:
        """Returns the state of the server."""
        return self._request("GET", "/health")

    def token(self, subject: str | None = None) -> str:
        """Returns a short-lived token for sockets, for a user of yours. It needs the key."""
        return str(self._request("POST", "/v1/token", json={"subject": subject} if subject else {})["token"])

    def _request(self, method: str, path: str, **fields: Any) -> dict[str, Any]:
        def attempt() -> dict[str, Any]:
            with http.unreachable(self.address.http, self.timeout):
                answer = self._requests.request(method, self.address.http + path, **fields)
            return fields_of(answer.status_code, answer.content, answer.headers.get("retry-after"), self.address.http)

        return self.retried(attempt, BackOff(self.busy_wait, self.reconnect))

    @property
    def _requests(self) -> Any:
        """The client for requests. Streams do without it: it takes 40 ms to load certificates."""
        with self._opening:
            if self._http is None:
                self._http = http.library().Client(**http.options(self.address, self.timeout))
            return self._http

    def retried(self, attempt: Callable[[], T], back_off: BackOff) -> T:
        """Returns what `attempt` returns, trying again as long as `back_off` allows."""
        while True:
            try:
                return attempt()
            except A2FError as error:
                time.sleep(back_off.pause(error))


class FaceStream:
    """Iterate over it for FaceClips; use it in a `with` block to end it early without waiting for the audio."""

    def __init__(self, client: Client, pcm: Iterable[PCM], script: Script) -> None:
        self._client, self._pcm, self._script = client, pcm, script
        self._turn = ClientTurn()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._connection: ws.ClientConnection | None = None
        self._sent = 0
        self._failure: BaseException | None = None
        self._closed = False
        self._frames = self._run()

    def __enter__(self) -> Self:
        """Returns the stream."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""
        self.close()

    def __iter__(self) -> Iterator[FaceClip]:
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

    def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on, by default from the audio sent so far on. Any thread may call."""
        with self._lock:
            self._script.add_emotions(emotions, at)
        self._flush()

    def close(self) -> None:
        """Ends the stream. The thread that takes the audio ends with the next chunk."""
        self._closed = True
        self._frames.close()
        self._disconnect()

    def _run(self) -> Generator[FaceClip]:
        back_off = BackOff(self._client.busy_wait, self._client.reconnect)
        feeder = threading.Thread(target=self._feed, name="a2f-audio", daemon=True)
        try:
            while not self._turn.done:
                try:
                    self._connect()
                    if feeder.ident is None:
                        feeder.start()
                    for clip in self._received():
                        back_off.succeeded()
                        yield clip
                except A2FError as error:
                    self._disconnect()
                    time.sleep(back_off.pause(error))
        finally:
            self._disconnect()
        if self._failure:
            raise self._failure

    def _received(self) -> Iterator[FaceClip]:
        while not self._turn.done:
            clip = self._turn.receive(self._next_message())
            if clip is not None:
                yield clip
            if self._failure:
                raise self._failure

    def _next_message(self) -> str | bytes:
        connection = self._connection
        while connection:
            try:
                return connection.recv(self._client.timeout)
            except TimeoutError:
                if self._script.ended:  # else the server waits for audio
                    raise http.silent(self._client.address.http, self._client.timeout) from None
            except ConnectionClosed:
                break
        if self._failure:
            raise self._failure
        raise ConnectionLost(f"the connection to {self._client.address.http} broke")

    def _connect(self) -> None:
        address = self._client.address
        try:
            connection = ws.connect(
                address.socket,
                additional_headers=address.headers,
                subprotocols=address.subprotocols,  # type: ignore[arg-type] # strings with a name
                compression=None,
                max_size=None,
                open_timeout=self._client.timeout,
                close_timeout=1,
            ).__enter__()
        except (OSError, InvalidHandshake, WebSocketException, EOFError) as error:
            raise Unreachable(http.unreachable_words(address.http, error)) from None
        with self._lock:
            self._connection, self._sent = connection, 0
        self._turn.receive(self._next_message())  # ready, or what is wrong
        self._flush()

    def _disconnect(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        if not self._turn.done:
            with suppress(OSError):  # a thread that is sending would wait for the server
                connection.socket.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _feed(self) -> None:
        try:
            for pcm in self._pcm:
                if self._closed:
                    return
                with self._lock:
                    self._script.add_audio(pcm)
                self._flush()
            with self._lock:
                self._script.end()
            self._flush()
        except BaseException as error:
            self._failure = error
            with suppress(Exception):
                self._disconnect()

    def _flush(self) -> None:
        """Sends what the current connection has not got yet, unless another thread is at it."""
        while self._pending and self._sending.acquire(blocking=False):
            try:
                self._send_pending()
            finally:
                self._sending.release()

    @property
    def _pending(self) -> bool:
        return self._connection is not None and self._sent < len(self._script.messages)

    def _send_pending(self) -> None:
        while True:
            with self._lock:
                if not self._pending:
                    return
                connection, message = self._connection, self._script.messages[self._sent]
                self._sent += 1
            assert connection
            with suppress(ConnectionClosed, OSError):  # the reader notices
                connection.send(message)
