"""`FaceStream`: live frames for programs without asyncio."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self

import websockets.sync.client as ws
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

from a2f_server.client import http
from a2f_server.client.errors import ConnectionLost, Unreachable
from a2f_server.client.retry import BackOff
from a2f_server.client.script import PCM, Script
from a2f_server.client.turn import ClientTurn
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

if TYPE_CHECKING:
    from a2f_server.client.sync_client import Client


class FaceStream:
    """Iterate over it for FaceClips.

    It ends with the audio, with `close`, at the end of a `with` block, and when nothing refers to it any more, as after
    `break` in `for clip in face.stream(…)`.
    """

    def __init__(self, client: Client, pcm: Iterable[PCM], script: Script) -> None:
        self._exchange = _Exchange(client, pcm, script)
        self._frames = self._exchange.frames()

    def __enter__(self) -> Self:
        """Returns the stream."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it."""
        self.close()

    def __iter__(self) -> Self:
        """Returns the stream."""
        return self

    def __next__(self) -> FaceClip:
        """Returns the next frames. Raises the server's error, or that of the audio's iterator."""
        return next(self._frames)

    @property
    def lookahead(self) -> float:
        """Seconds of audio that the server needs after a frame's instant; known with the first frames."""
        return self._exchange.turn.lookahead

    @property
    def warning(self) -> str | None:
        """A warning about the audio, once all frames were read."""
        return self._exchange.turn.warning

    def set_emotions(self, emotions: Mapping[str, float], at: float | None = None) -> None:
        """Changes the emotions from `at` seconds on, by default from the audio sent so far on. Any thread may call."""
        self._exchange.set_emotions(emotions, at)

    def close(self) -> None:
        """Ends the stream. The thread that takes the audio ends with the next chunk."""
        self._frames.close()


class _Exchange:
    """The connection and the thread that takes the audio. They do not refer to the FaceStream, so that it is freed."""

    def __init__(self, client: Client, pcm: Iterable[PCM], script: Script) -> None:
        self._client, self._pcm, self._script = client, pcm, script
        self.turn = ClientTurn()
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._connection: ws.ClientConnection | None = None
        self._sent = 0
        self._failure: BaseException | None = None
        self._closed = False

    def set_emotions(self, emotions: Mapping[str, float], at: float | None) -> None:
        with self._lock:
            self._script.add_emotions(emotions, at)
        self._flush()

    def frames(self) -> Generator[FaceClip]:
        """Yields the frames. Everything ends with the generator, when it is closed or freed."""
        back_off = BackOff(self._client.busy_wait, self._client.reconnect)
        feeder = threading.Thread(target=self._feed, name="a2f-audio", daemon=True)
        try:
            while not self.turn.done:
                try:
                    self._connect()
                    if feeder.ident is None:
                        feeder.start()
                    for clip in self._received():
                        back_off.succeeded()
                        yield clip
                except A2FError as error:
                    self._disconnect()
                    self._raise_failure()
                    time.sleep(back_off.pause(error))
        finally:
            self._closed = True
            self._disconnect()
        self._raise_failure()

    def _received(self) -> Iterator[FaceClip]:
        while not self.turn.done:
            clip = self.turn.receive(self._next_message())
            if clip is not None:
                yield clip
            self._raise_failure()

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
        self._raise_failure()
        raise ConnectionLost(f"the connection to {self._client.address.http} broke")

    def _raise_failure(self) -> None:
        """Raises what the iterator of the audio raised."""
        if self._failure:
            raise self._failure

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
            raise Unreachable(http.socket_words(address.http, error)) from None
        with self._lock:
            self._connection, self._sent = connection, 0
        self.turn.receive(self._next_message())  # ready, or what is wrong
        self._flush()

    def _disconnect(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        if not self.turn.done:
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
