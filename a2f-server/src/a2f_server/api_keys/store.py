"""The keys of a running server: A2F_API_KEY, and those of A2F_KEYS_FILE, which is read again when it changes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from a2f_server.api_keys.file import KeyFileError, read
from a2f_server.api_keys.key import DEFAULT, ApiKey, KeyRing, Secret
from a2f_server.settings import Settings

log = structlog.get_logger(__name__)

POLL_S = 2.0
"""Seconds between looks at the file."""

Version = tuple[int, ...] | None


class KeyStore:
    """The keys in use. A file with errors changes nothing: the keys that were read before stay valid."""

    def __init__(self, settings: Settings) -> None:
        """Raises KeyFileError if the file cannot be used."""
        self._file = settings.keys_file
        self._own = _own(settings)
        self.error: str | None = None
        """The problem of the file as it is now; None if its keys are in use."""
        self._version = _version(self._file)
        self.ring = self._read()

    @property
    def empty(self) -> bool:
        """True if no key is needed. A file always has at least one."""
        return not self.ring.keys

    @property
    def state(self) -> str | None:
        """The state of the file: "ok", "error", or None if there is none."""
        if self._file is None:
            return None
        return "error" if self.error else "ok"

    async def watch(self) -> None:
        """Reads the file again whenever it changes."""
        while self._file is not None:
            await asyncio.sleep(POLL_S)
            try:
                await asyncio.to_thread(self.refresh)
            except Exception:
                log.exception("the file of keys could not be read again; the keys read before stay valid")

    def refresh(self) -> None:
        """Reads the file again if it has changed."""
        version = _version(self._file)
        if version == self._version:
            return
        self._version = version
        try:
            self.ring, self.error = self._read(), None
            log.info("the file of keys was read again", file=str(self._file), keys=sorted(self.ring.keys))
        except KeyFileError as error:
            self.error = str(error)
            log.warning("the file of keys has errors; the keys read before stay valid", problem=self.error)

    def _read(self) -> KeyRing:
        listed = read(self._file) if self._file else []
        own = {secret.digest for key in self._own for secret in key.secrets}
        for key in listed:
            if own & {secret.digest for secret in key.secrets}:
                raise KeyFileError(f"{self._file}: {key.name} is also A2F_API_KEY; remove one of them")
        return KeyRing([*self._own, *listed])


def _own(settings: Settings) -> list[ApiKey]:
    if settings.api_key is None:
        return []
    return [ApiKey(DEFAULT, (Secret.of(settings.api_key.get_secret_value().strip()),))]


def _version(file: Path | None) -> Version:
    """Returns what changes whenever the file does; None if it is not there."""
    try:
        status = file.stat() if file else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino) if status else None
