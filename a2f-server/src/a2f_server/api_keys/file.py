"""Reads A2F_KEYS_FILE: API keys in TOML, each with a name, limits and an expiry (docs/operations.md)."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from a2f_server.api_keys.key import DEFAULT, PERMISSIONS, ApiKey, Permission, Secret
from a2f_server.settings import LEAST_KEY

MOST_BYTES = 1 << 20
MOST_KEYS = 1000
"""Each request is compared with all of them."""
NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"


class KeyFileError(ValueError):
    """The file cannot be used. The message has one line per problem, and never a key."""


def read(path: Path) -> list[ApiKey]:
    """Returns the keys of a file, at least one. Raises KeyFileError with all its problems."""
    try:
        keys, problems = _parsed(_document(_text(path)))
    except KeyFileError as error:
        raise KeyFileError(f"{path}: {error}") from None
    problems += _repeated(keys)
    if problems:
        raise KeyFileError("\n".join(f"{path}: {problem}" for problem in problems))
    return keys


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise KeyFileError("it is not a file" if path.exists() else "there is no such file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise KeyFileError(f"it is larger than {MOST_BYTES} bytes, so it is no file of keys")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KeyFileError("it is not UTF-8 text") from None
    except OSError as error:
        raise KeyFileError(f"it cannot be read: {error.strerror}") from None


def _document(text: str) -> list[Any]:
    """Returns the entries. TOML's own errors are cut to their position: some quote the line, with the key."""
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        position = re.search(r"\(at [^()]*\)$", str(error))
        raise KeyFileError(f"it is not valid TOML {position[0] if position else ''}".strip()) from None
    unknown = sorted(document.keys() - {"keys"})
    entries = document.get("keys")
    if unknown or not isinstance(entries, list) or not entries:
        raise KeyFileError("write each key as a table [[keys]], and nothing else; there must be at least one")
    if len(entries) > MOST_KEYS:
        raise KeyFileError(f"it has more than {MOST_KEYS} keys; give users tokens with a subject instead")
    return entries


def _parsed(entries: list[Any]) -> tuple[list[ApiKey], list[str]]:
    keys: list[ApiKey] = []
    problems: list[str] = []
    for number, entry in enumerate(entries, 1):
        try:
            keys.append(_Entry.model_validate(entry).key_of())
        except ValidationError as error:
            named = entry.get("name") if isinstance(entry, dict) else None
            label = f" ({named})" if isinstance(named, str) and re.fullmatch(NAME, named) else ""
            problems += [f"key {number}{label}: {_message(e)}" for e in error.errors(include_input=False)]
    return keys, problems


def _repeated(keys: list[ApiKey]) -> list[str]:
    names = [key.name for key in keys]
    problems = [f"two keys have the name {name}" for name in dict.fromkeys(names) if names.count(name) > 1]
    owners: dict[bytes, str] = {}
    for key in keys:
        for secret in key.secrets:
            if secret.digest in owners:
                problems.append(f"{owners[secret.digest]} and {key.name} have the same key twice")
            owners.setdefault(secret.digest, key.name)
    return problems


def _message(error: Any) -> str:
    reason: str = error["msg"].removeprefix("Value error, ")
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown_field(where)
    if error["type"] == "model_type":
        return "write it as a table [[keys]]"
    return f"{where}: {reason}" if where else reason


def _unknown_field(name: str) -> str:
    """Names the field only if it resembles a known one: any other might be a key in the wrong place."""
    typed = f" {name}" if get_close_matches(name, _Entry.model_fields) else ""
    return f"there is no field{typed or ' of this name'}; known are {', '.join(_Entry.model_fields)}"


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _long_enough(keys: list[str]) -> list[str]:
    keys = [key.strip() for key in keys]
    if not keys or any(len(key) < LEAST_KEY for key in keys):
        raise ValueError(f"a key needs at least {LEAST_KEY} characters; `openssl rand -hex 24` makes a good one")
    if not all(key.isprintable() for key in keys):
        raise ValueError("a key has control characters, which cannot be sent; `openssl rand -hex 24` makes a good one")
    return keys


def _digests(digests: list[str]) -> list[str]:
    if not digests or not all(re.fullmatch("[0-9A-Fa-f]{64}", digest) for digest in digests):
        raise ValueError('write the 64 hexadecimal digits of `printf %s "$KEY" | sha256sum`')
    return digests


def _moment(value: Any) -> Any:
    """Returns TOML's date or date-time as seconds since 1970; without an offset it is UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    raise ValueError("write a date without quotes, such as 2027-01-31, or a date-time")


_Limit = Annotated[int, Field(ge=1, le=10**9)]


class _Entry(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(pattern=f"^{NAME}$")
    key: Annotated[list[str], BeforeValidator(_as_list)] | None = None
    sha256: Annotated[list[str], BeforeValidator(_as_list)] | None = None
    streams: _Limit | None = None
    connections: _Limit | None = None
    text_per_minute: _Limit | None = None
    expires: Annotated[float, BeforeValidator(_moment)] | None = None
    scopes: list[Permission] = list(PERMISSIONS)

    @model_validator(mode="after")
    def _check(self) -> _Entry:
        if (self.key is None) == (self.sha256 is None):
            raise ValueError("give either key or sha256, the SHA-256 of the key")
        if self.name == DEFAULT:
            raise ValueError(f"the name {DEFAULT} is that of A2F_API_KEY; choose another one")
        if not self.scopes:
            raise ValueError(f"scopes: name at least one of {', '.join(PERMISSIONS)}")
        self.key = None if self.key is None else _long_enough(self.key)
        self.sha256 = None if self.sha256 is None else _digests(self.sha256)
        return self

    def key_of(self) -> ApiKey:
        secrets = [Secret.of(text) for text in self.key or ()] + [
            Secret(bytes.fromhex(digest)) for digest in self.sha256 or ()
        ]
        return ApiKey(
            self.name,
            tuple(secrets),
            self.streams,
            self.connections,
            self.text_per_minute,
            self.expires,
            frozenset(self.scopes),
        )
