"""The API keys: whether there are any, how strong they are, and when they expire."""

from __future__ import annotations

import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from a2f_server.api_keys.file import KeyFileError, read
from a2f_server.api_keys.key import ApiKey
from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok, warning
from a2f_server.settings import Settings

STRONG = 20
"""Characters of a strong key; openssl's line makes 48."""
VARIED = 8
"""Different characters of a strong key."""
SOON_S, DAY_S = 14 * 86400, 86400
MAKE = "make one with `openssl rand -hex 24`"


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks A2F_API_KEY and A2F_KEYS_FILE."""
    settings = context.settings
    if settings.api_key:
        yield _strength("A2F_API_KEY", settings.api_key.get_secret_value().strip())
    if settings.keys_file:
        yield from _file(settings.keys_file, settings)
    if not settings.locked:
        yield _without(settings)


def _without(settings: Settings) -> Finding:
    if settings.private:
        return info("no key: only this machine can reach the server", "for others, set A2F_API_KEY")
    return warning("no key: anyone who can reach the server may use it", f"set A2F_API_KEY; {MAKE}")


def _strength(name: str, key: str) -> Finding:
    if len(key) < STRONG or len(set(key)) < VARIED:
        return warning(f"{name} is easy to guess: it has {len(key)} characters, {len(set(key))} different ones", MAKE)
    return ok(f"{name} is set and strong")


def _file(path: Path, settings: Settings) -> Iterator[Finding]:
    try:
        keys = read(path)
    except KeyFileError as failure:
        yield error(str(failure), "correct the file; docs/operations.md shows its format")
        return
    yield ok(f"{path} has {len(keys)} keys: {', '.join(key.name for key in keys)}")
    yield from _permissions(path)
    for key in keys:
        yield from _of_key(key)
    hashed = [key.name for key in keys if any(secret.text is None for secret in key.secrets)]
    if hashed and not settings.token_secret:
        yield info(
            f"tokens of {', '.join(hashed)} are valid on one server, until it restarts",
            "with several replicas, set A2F_TOKEN_SECRET to the same secret on all of them",
        )


def _permissions(path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode
    if sys.platform != "win32" and mode & (stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH):
        yield warning(f"other users may read or change {path} (mode {stat.S_IMODE(mode):o})", f"chmod 640 {path}")


def _of_key(key: ApiKey) -> Iterator[Finding]:
    weak = [s for s in key.secrets if s.text is not None and _strength("", s.text.decode()).status != "ok"]
    if weak:
        yield warning(f"the key {key.name} is easy to guess", MAKE)
    if key.expires is not None:
        days = (key.expires - time.time()) / DAY_S
        if days <= 0:
            yield warning(f"the key {key.name} expired {-days:.0f} days ago", "remove it, or give it a later date")
        elif days * DAY_S < SOON_S:
            yield warning(f"the key {key.name} expires in {days:.0f} days", "add its successor to its entry")
