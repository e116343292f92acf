"""`Client`: the client for programs without asyncio."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from a2f_server.client import http
from a2f_server.client.requests import (
    Address,
    AudioSource,
    RequestOptions,
    StereoChannel,
    check_names,
    content_of,
    fields_of,
    query,
)
from a2f_server.client.retry import BackOff
from a2f_server.client.script import PCM, Script
from a2f_server.client.speech import Speech
from a2f_server.client.sync_stream import FaceStream
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

T = TypeVar("T")


class Client:
    """A server to animate with. Threads may share it; each `stream` belongs to one thread.

    url: of the server. key: its API key; token: one that it gave, for `stream` and `speak`. timeout: seconds for which
    the server may be silent. busy_wait: seconds for which to try again if it is busy (0: raise Busy at once).
    reconnect: seconds for which to try again if it cannot be reached, or if the connection breaks.
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
        check_names(options)
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
        """Returns a short-lived token for `stream` and `speak`, for a user of yours. It needs the key."""
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
