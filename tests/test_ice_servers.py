"""URLs of STUN and TURN servers, and secrets that no message reveals."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from a2f_server.ice_servers import IceServer, parse
from a2f_server.settings import Settings

SECRET = "s3cr:et@x"


def test_urls_separated_by_commas() -> None:
    assert parse(" stun:stun.example.com:3478, turn:ann:pass@turn.example.com:3478?transport=tcp,") == [
        IceServer("stun:stun.example.com:3478"),
        IceServer("turn:turn.example.com:3478?transport=tcp", "ann", "pass"),
    ]


def test_a_password_may_have_colons_and_at_signs() -> None:
    assert parse(f"turn:ann:{SECRET}@turn.example.com") == [IceServer("turn:turn.example.com", "ann", SECRET)]


def test_the_list_that_browsers_take() -> None:
    entries = [
        {"urls": "stun:a.example"},
        {"urls": ["turn:b.example", "turns:b.example?transport=tcp"], "username": "ann", "credential": "a,b"},
    ]
    assert parse(json.dumps(entries)) == [
        IceServer("stun:a.example"),
        IceServer("turn:b.example", "ann", "a,b"),
        IceServer("turns:b.example?transport=tcp", "ann", "a,b"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"https://ann:{SECRET}@turn.example.com",
        f"turn:ann:{SECRET}@turn.example.com/path?x",
        f"turn:{SECRET.replace(':', '').replace('@', '')}",
        f'[{{"urls": "turn:a.example", "username": "{SECRET}"}}]',
        f'[{{"url": "turn:a.example", "credential": "{SECRET}"}}]',
        f'[{{"urls": "turn:a.example", "credential": "{SECRET}"}}',
        f'["{SECRET}"]',
        "[7]",
        '[{"urls": 7}]',
        "[" * 100_000,
    ],
)
def test_errors_do_not_reveal_the_secret(text: str) -> None:
    with pytest.raises(ValueError, match="write stun:") as refused:
        parse(text)
    assert SECRET not in str(refused.value)
    with pytest.raises(ValidationError) as invalid:
        Settings(ice_servers=text)
    assert SECRET not in str(invalid.value)


def test_credentials_are_not_shown() -> None:
    assert "pass" not in repr(parse("turn:ann:pass@turn.example.com"))
    assert "pass" not in repr(Settings(ice_servers="turn:ann:pass@turn.example.com"))
