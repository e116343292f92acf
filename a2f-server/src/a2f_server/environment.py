"""Reads the settings from the environment and from a file `.env`, and finds misspelt names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic_settings import DotEnvSettingsSource

from a2f_server.settings import Settings

FILE = Path(".env")
"""In the working directory. Variables of the real environment win."""
ENCODING = "utf-8-sig"
"""Some editors begin a file with a byte order mark, which would become part of the first name."""
PREFIX = "A2F_"
OTHERS = frozenset(
    {"BASE_URL", "MODEL", "ACCEPT_LICENCE", "VOLUME", "CHROMIUM", "HAPROXY", "CADDY", "NGINX", "PROMTOOL"}
)
"""Names with our prefix that are not settings: those of the Python client, of runpod/start.sh and of the tests."""
KEYS = ("KEY", "TOKEN", "SECRET", "PASSWORD")
"""Other words for A2F_API_KEY."""
SIMILAR = 0.6
"""Similarity, 0-1, above which an unknown name is taken for a misspelt setting."""


def load(options: dict[str, Any], file: Path | None = None) -> Settings:
    """Returns the settings: the options, else those of the environment, else those of the file, if it exists.

    Raises ValidationError, or ValueError for a file that cannot be read or for misspelt settings.
    """
    refuse_misspelt([*os.environ, *names_in(file)])
    return Settings(**options, _env_file=file, _env_file_encoding=ENCODING)


def names_in(file: Path | None) -> Iterable[str]:
    """Returns the names in a file; none if it does not exist. Raises ValueError if it cannot be read."""
    if file is None or not file.is_file():
        return ()
    try:
        return DotEnvSettingsSource(Settings, env_file=file, env_file_encoding=ENCODING).env_vars
    except UnicodeDecodeError:
        raise ValueError(f"{file.absolute()} is not UTF-8 text: save it in that encoding") from None
    except OSError as error:
        raise ValueError(f"{file.absolute()} cannot be read: {error.strerror}") from None


def refuse_misspelt(names: Iterable[str]) -> None:
    """Raises ValueError for names that resemble a setting: a key that is ignored would leave the server open."""
    resembling = {name: near for name in unknown(names) if (near := nearest(name.removeprefix(PREFIX)))}
    if resembling:
        lines = [f"{name}: there is no such setting; did you mean {PREFIX}{near}?" for name, near in resembling.items()]
        raise ValueError("\n".join(lines))


def unknown(names: Iterable[str]) -> list[str]:
    """Returns the names, in upper case, that have our prefix but are no setting."""
    ours = (name.upper() for name in names if name.upper().startswith(PREFIX))
    known = OTHERS | {name.upper() for name in Settings.model_fields}
    return [name for name in dict.fromkeys(ours) if name.removeprefix(PREFIX) not in known]


def nearest(name: str) -> str | None:
    """Returns the setting, in upper case without prefix, that the name resembles most; None if there is none."""
    if name.upper() in KEYS:
        return "API_KEY"
    found = get_close_matches(name.lower(), Settings.model_fields, 1, SIMILAR)
    return found[0].upper() if found else None
