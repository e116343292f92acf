"""The HTTP client of the service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from a2f_server.errors import TtsFailed
from a2f_server.tts.attempts import AttemptFailed
from a2f_server.tts.contract import VoiceInfo
from a2f_server.tts.openai.audio import SAMPLE_RATE, AudioDecoder, NotDecodable
from a2f_server.tts.openai.errors import BROKE_OFF, TOO_SLOW, UNREACHABLE, refusal
from a2f_server.tts.openai.service import SpeechService

if TYPE_CHECKING:
    import httpx

CONNECT_S = 5.0
PATIENCE_S = 30.0
"""Seconds without data after which a request has failed. While audio comes, the service may in addition take twice as
long as the audio lasts."""
MOST_ERROR_BYTES, MOST_LIST_BYTES = 4096, 1 << 20
MOST_AUDIO_S = 3600
NOT_AUDIO = ("text/", "application/json", "application/problem", "application/xml", "image/", "video/")
"""Content types, or their beginnings, of answers that cannot be audio."""


class SpeechClient:
    """Keeps connections open between requests."""

    def __init__(self, service: SpeechService) -> None:
        self._service = service
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    async def speak(self, text: str, voice: str, speed: float) -> AsyncGenerator[bytes, None]:
        """Yields the audio of a text, mono s16le at SAMPLE_RATE. Raises AttemptFailed."""
        body = {"model": self._service.model, "input": text, "voice": voice}
        body["response_format"] = self._service.audio_format
        try:
            async with aclosing(self._answer(body | ({"speed": speed} if speed != 1 else {}), voice)) as parts:
                async for part in parts:
                    yield part
        except NotDecodable as error:
            raise AttemptFailed(
                TtsFailed(f"the speech service sent {error}: set A2F_TTS_FORMAT to wav or pcm")
            ) from None

    async def voices(self) -> list[VoiceInfo]:
        """Lists the service's voices; [] if it has no list. Raises TtsFailed."""
        import httpx  # noqa: PLC0415 - an extra

        try:
            async with asyncio.timeout(PATIENCE_S):
                client = await self._open()
                async with client.stream("GET", self._service.voices_url, headers=self._service.headers) as answer:
                    body = await _beginning(answer, MOST_LIST_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise TtsFailed(UNREACHABLE) from None
        except TimeoutError:
            raise TtsFailed(TOO_SLOW) from None
        if answer.status_code in {401, 403, 429} or answer.status_code >= 500 or answer.is_redirect:
            raise refusal(answer.status_code, body, self._service, "").error
        return _listed(body) if answer.status_code == 200 else []

    async def close(self) -> None:
        """Closes the connections; requests in progress fail."""
        self._closed = True
        if self._client:
            await self._client.aclose()

    async def _answer(self, body: dict[str, Any], voice: str) -> AsyncGenerator[bytes, None]:
        import httpx  # noqa: PLC0415

        begun = False
        try:
            client = await self._open()
            request = client.build_request("POST", self._service.speech_url, json=body, headers=self._service.headers)
            async with asyncio.timeout(PATIENCE_S):
                answer = await client.send(request, stream=True)
            try:
                await self._check(answer, voice)
                begun = True
                async with aclosing(_audio(answer)) as parts:
                    async for part in parts:
                        yield part
            finally:
                await answer.aclose()
        except (TimeoutError, httpx.TimeoutException):
            raise AttemptFailed(TtsFailed(TOO_SLOW)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError):
            raise AttemptFailed(TtsFailed(BROKE_OFF if begun else UNREACHABLE), retry=not begun) from None

    async def _check(self, answer: httpx.Response, voice: str) -> None:
        """Raises AttemptFailed unless the answer is audio."""
        if answer.status_code != 200:
            async with asyncio.timeout(PATIENCE_S):
                body = await _beginning(answer, MOST_ERROR_BYTES)
            raise refusal(answer.status_code, body, self._service, voice)
        kind = answer.headers.get("content-type", "").lower()
        packed = answer.headers.get("content-encoding", "identity").lower()
        if kind.startswith(NOT_AUDIO) or packed not in {"", "identity"}:
            wrong = f"{kind.split(';')[0][:40]!r}" + (f" packed as {packed[:20]!r}" if packed != "identity" else "")
            raise AttemptFailed(TtsFailed(f"the speech service sent {wrong} instead of audio: check A2F_TTS_URL"))

    async def _open(self) -> httpx.AsyncClient:
        if self._closed:
            raise AttemptFailed(TtsFailed("this server is shutting down"))
        if self._client is None:
            self._client = await asyncio.to_thread(self._create_client)  # loads the certificates of the system
        return self._client

    def _create_client(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415

        timeout = httpx.Timeout(PATIENCE_S, connect=CONNECT_S)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=8)
        return httpx.AsyncClient(
            timeout=timeout, limits=limits, trust_env=not self._service.on_this_machine, follow_redirects=False
        )


async def _audio(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Yields the decoded body. Raises TimeoutError if the service is slower than half of real time, AttemptFailed if
    it sends nothing or more than anyone says."""
    decoder, loop, waited, length = AudioDecoder(), asyncio.get_running_loop(), 0.0, 0.0
    async with aclosing(_raw(answer)) as parts:
        while True:
            asked = loop.time()
            async with asyncio.timeout(PATIENCE_S + 2 * length - waited):
                part = await anext(parts, None)
            waited += loop.time() - asked
            pcm = decoder.finish() if part is None else decoder.feed(part)
            length += len(pcm) / 2 / SAMPLE_RATE
            if pcm:
                yield pcm
            if length > MOST_AUDIO_S:
                raise AttemptFailed(TtsFailed("the speech service does not stop: cut the text into sentences"))
            if part is None:
                break
    if not length:
        raise AttemptFailed(TtsFailed("the speech service sent no audio: check A2F_TTS_MODEL and the voice"))


def _raw(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    return cast("AsyncGenerator[bytes, None]", answer.aiter_raw())


async def _beginning(answer: httpx.Response, most: int) -> bytes:
    """Returns the first bytes of a body."""
    out = b""
    async with aclosing(_raw(answer)) as parts:
        async for part in parts:
            out += part
            if len(out) >= most:
                break
    return out[:most]


def _listed(body: bytes) -> list[VoiceInfo]:
    """Parses a list of names or objects, or an object with such a list under "voices" or "data"."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(found, dict):
        found = found.get("voices", found.get("data"))
    entries = found if isinstance(found, list) else []
    infos = [_info({"id": entry} if isinstance(entry, str) else entry) for entry in entries]
    return list({info.name: info for info in infos if info}.values())


def _info(entry: Any) -> VoiceInfo | None:
    if not isinstance(entry, dict):
        return None
    name, language = entry.get("id") or entry.get("voice_id") or entry.get("name"), entry.get("language")
    if not isinstance(name, str):
        return None
    return VoiceInfo(name, language if isinstance(language, str) and language else ANY_LANGUAGE)


ANY_LANGUAGE = "mul"
"""ISO 639's code for several languages: most of these voices speak whatever the text is in."""
