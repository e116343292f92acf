"""Address and credentials of the speech service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from a2f_server.settings import Settings

_MISSING = (
    "the azure voice needs an Azure Speech resource: set A2F_AZURE_KEY and A2F_AZURE_REGION (such as westeurope), "
    "or set A2F_AZURE_HOST to ws://host:port of a container or emulator"
)


@dataclass(frozen=True, slots=True, repr=False)
class Endpoint:
    """A region of the service with its key, or a `host` (ws://host:port), whose key is optional."""

    key: str | None
    region: str | None
    host: str | None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Raises ValueError with an actionable message if neither a region and key nor a host is set."""
        key = settings.azure_key.get_secret_value() if settings.azure_key else None
        if settings.azure_host:
            return cls(key, None, settings.azure_host.rstrip("/"))
        if not key or not settings.azure_region:
            raise ValueError(_MISSING)
        return cls(key, settings.azure_region, None)

    @property
    def voices_url(self) -> str:
        """URL of the list of voices."""
        base = self._http or f"https://{self.region}.tts.speech.microsoft.com"
        return f"{base}/cognitiveservices/voices/list"

    @property
    def token_url(self) -> str:
        """URL that issues short-lived tokens."""
        return f"{self._http or f'https://{self.region}.api.cognitive.microsoft.com'}/sts/v1.0/issueToken"

    @property
    def name(self) -> str:
        """Name for error messages. Clients can read those, so it does not contain the address of a host."""
        return "its host" if self.host else f"the region {self.region}"

    @property
    def variables(self) -> str:
        """The environment variables to check after a connection or authentication error."""
        return "A2F_AZURE_KEY and A2F_AZURE_HOST" if self.host else "A2F_AZURE_KEY and A2F_AZURE_REGION"

    def redacted(self, text: str) -> str:
        """Returns the text without the key."""
        return text.replace(self.key, "***") if self.key else text

    @property
    def _http(self) -> str | None:
        return "http" + self.host.removeprefix("ws") if self.host else None
