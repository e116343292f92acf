"""Encodes a form with one file as multipart/form-data (RFC 7578)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import NamedTuple


class File(NamedTuple):
    """A file field: its name, the file's name and content."""

    field: str
    name: str
    data: bytes


def encode(fields: Mapping[str, object], file: File) -> tuple[str, bytes]:
    """Returns the media type and the body. Fields that are None are left out; booleans are `true` or `false`."""
    boundary = secrets.token_hex(16)
    parts = [_part(boundary, f'name="{name}"', _text(value)) for name, value in fields.items() if value is not None]
    named = f'name="{file.field}"; filename="{_quoted(file.name)}"\r\nContent-Type: application/octet-stream'
    parts.append(_part(boundary, named, file.data))
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _part(boundary: str, named: str, data: bytes) -> bytes:
    return f"--{boundary}\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode() + data + b"\r\n"


def _text(value: object) -> bytes:
    return (str(value).lower() if isinstance(value, bool) else str(value)).encode()


def _quoted(name: str) -> str:
    """Escapes a file name as browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
