"""The service's REST API: the list of voices, and tokens for browsers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from a2f_server.errors import TtsFailed
from a2f_server.tts.azure.endpoint import Endpoint
from a2f_server.tts.contract import VoiceInfo, VoiceToken

if TYPE_CHECKING:
    import httpx

VOICES_S = 3600.0
"""Seconds for which the list of voices is cached."""
TOKEN_S = 540
"""Validity of a token in seconds, a minute less than Azure grants."""
TOKEN_REUSED_S = 420
"""Seconds for which a token is cached."""
_TIMEOUT_S = 10.0


class RestApi:
    """Client of the REST API; caches the answers."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client: httpx.AsyncClient | None = None
        self._lock = asyncio.Lock()
        self._voices: tuple[float, list[VoiceInfo]] = (-VOICES_S, [])
        self._token: tuple[float, str] | None = None

    async def voices(self) -> list[VoiceInfo]:
        """Lists all voices of the service. Raises TtsFailed."""
        async with self._lock:
            if not self._voices[1] or time.monotonic() - self._voices[0] > VOICES_S:
                answer = await self._request("GET", self._endpoint.voices_url)
                self._voices = time.monotonic(), _parsed(answer)
            return list(self._voices[1])

    async def token(self) -> VoiceToken:
        """Returns a token that is valid for at least two minutes. Raises TtsFailed."""
        if not self._endpoint.key:
            return VoiceToken(None, TOKEN_S)
        async with self._lock:
            if self._token is None or time.monotonic() - self._token[0] > TOKEN_REUSED_S:
                answer = await self._request("POST", self._endpoint.token_url)
                self._token = time.monotonic(), answer.text
            issued, token = self._token
            return VoiceToken(token, int(TOKEN_S - (time.monotonic() - issued)))

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()

    async def _request(self, method: str, url: str) -> httpx.Response:
        import httpx  # noqa: PLC0415 - part of the extra

        if self._client is None:
            self._client = await asyncio.to_thread(self._create_client)  # loads the certificates of the system
        key = {"Ocp-Apim-Subscription-Key": self._endpoint.key} if self._endpoint.key else {}
        try:
            answer = await self._client.request(method, url, headers=key)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):  # the last two: an invalid host or key
            raise TtsFailed(f"{url} cannot be reached: check {self._endpoint.variables} and the network") from None
        if not answer.is_success:
            raise TtsFailed(f"{url} answered {answer.status_code}: {_advice(answer.status_code, self._endpoint)}")
        return answer

    def _create_client(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415

        return httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=not self._endpoint.host)


def _advice(status: int, endpoint: Endpoint) -> str:
    if status in {401, 403}:
        return f"check {endpoint.variables}: a key only works in its own region"
    if status == 429:
        return "too many requests; try again in a moment"
    return "try again in a moment"


def _parsed(answer: httpx.Response) -> list[VoiceInfo]:
    try:
        return [_voice(entry) for entry in answer.json()]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise TtsFailed(f"{answer.url.host} sent a list of voices in an unknown format") from None


def _voice(entry: dict[str, Any]) -> VoiceInfo:
    description = ", ".join(filter(None, (entry.get("DisplayName"), entry.get("LocaleName"), entry.get("VoiceType"))))
    return VoiceInfo(entry["ShortName"], entry["Locale"], entry.get("Gender", "").lower(), description)
