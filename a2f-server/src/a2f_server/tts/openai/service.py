"""Address, credentials and model of a speech service."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from a2f_server.settings import Settings

MISSING = (
    "the voice openai needs A2F_TTS_URL, the address of a service with OpenAI's text-to-speech API, such as "
    "https://api.openai.com/v1 or http://127.0.0.1:8880/v1"
)


@dataclass(frozen=True, slots=True, repr=False)
class SpeechService:
    """`url` is the part before /audio/speech; `audio_format` is what the service is asked for."""

    url: str
    key: str | None
    model: str
    audio_format: Literal["pcm", "wav"]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError with an actionable message if there is no address."""
        if not settings.tts_url:
            raise ValueError(MISSING)
        key = settings.tts_key.get_secret_value() if settings.tts_key else None
        url = settings.tts_url.rstrip("/").removesuffix("/audio/speech")
        return cls(url, key, settings.tts_model, settings.tts_format)

    @property
    def speech_url(self) -> str:
        """URL that speaks."""
        return f"{self.url}/audio/speech"

    @property
    def voices_url(self) -> str:
        """URL with the list of voices; OpenAI itself has none."""
        return f"{self.url}/audio/voices"

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request. The answer is not compressed: a small one could unpack to gigabytes."""
        key = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return {"Accept-Encoding": "identity", **key}

    @property
    def on_this_machine(self) -> bool:
        """True if the address is loopback: a proxy of the environment must not be used for it."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def redacted(self, text: str) -> str:
        """Returns the text without the key."""
        return text.replace(self.key, "***") if self.key else text
