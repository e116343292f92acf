"""`AsyncClient`: the client for programs with asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from a2f_server.client import http
from a2f_server.client.async_stream import AsyncFaceStream, AsyncPCM
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
from a2f_server.client.script import Script
from a2f_server.client.speech import Speech
from a2f_server.clip import FaceClip
from a2f_server.errors import A2FError

T = TypeVar("T")


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
        check_names(options)
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
        """Returns a short-lived token for `stream` and `speak`, for a user of yours. It needs the key."""
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
