"""The animations of older clients, for all workers of a server: a client's next connection may be to another one."""

from __future__ import annotations

import pickle
import re
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from a2f_server.clip import FaceClip
from a2f_server.errors import NotFound

MOST_BYTES = 32 << 20
"""Bytes of all animations, and at most half of what the folder has room for, since the workers' counts are there, too;
beyond, the oldest is dropped."""
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


class SharedSessions:
    """Keeps animations as files, by session id. Each can be fetched once, and expires after `ttl` seconds."""

    def __init__(self, folder: Path, ttl: float) -> None:
        """`folder`: one that only the workers can read."""
        self._folder, self._ttl = folder, ttl
        folder.mkdir(exist_ok=True)

    def add(self, clip: FaceClip) -> str:
        """Keeps an animation; returns its session id. Raises OSError if there is no room even without the others."""
        data, session = pickle.dumps(clip), secrets.token_urlsafe(16)
        self._make_room(len(data))
        file = self._folder / session
        try:
            file.write_bytes(data)
        except OSError:
            file.unlink(missing_ok=True)
            raise
        return session

    def take(self, session: str) -> FaceClip:
        """Returns an animation and forgets it. Raises NotFound."""
        self.expire()
        if _NAME.fullmatch(session):
            taken = self._folder / f"{session}.taken"
            with suppress(FileNotFoundError):
                (self._folder / session).rename(taken)  # by one worker only
                data = taken.read_bytes()
                taken.unlink()
                clip: FaceClip = pickle.loads(data)  # noqa: S301 - written above
                return clip
        raise NotFound("there is no such session: it was fetched before, or it has expired")

    def expire(self) -> None:
        """Drops expired animations."""
        self._make_room(0)

    def _make_room(self, size: int) -> None:
        """Drops expired animations, and the oldest ones until there is room for this many bytes."""
        kept = sorted(self._files(), reverse=True)
        free = shutil.disk_usage(self._folder).free
        most = min(MOST_BYTES, (free + sum(length for _, length, _ in kept)) // 2)
        for modified, length, file in kept:
            size += length
            if size > most or modified <= time.time() - self._ttl:
                file.unlink(missing_ok=True)

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for file in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another worker has dropped it
                found.append(((about := file.stat()).st_mtime, about.st_size, file))
        return found
