"""The file of API keys: what it may say, and that every fault is named without quoting a key."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from a2f_server.api_keys.file import MOST_BYTES, KeyFileError, read
from a2f_server.api_keys.key import KeyRing
from tests.support.spawning import ROOT

SECRET = "correct horse battery staple"
DIGEST = sha256(SECRET.encode()).hexdigest()


def written(folder: Path, text: str) -> Path:
    path = folder / "keys.toml"
    path.write_text(text, "utf-8")
    return path


def problem(path: Path) -> str:
    with pytest.raises(KeyFileError) as refused:
        read(path)
    assert SECRET not in str(refused.value)
    assert str(path) in str(refused.value)
    return str(refused.value)


def test_a_key_has_limits_and_an_expiry(tmp_path: Path) -> None:
    text = f"""
    [[keys]]
    name = "web"
    sha256 = "{DIGEST.upper()}"
    streams = 2
    connections = 3
    text_per_minute = 400
    expires = 2027-01-31
    scopes = ["clients"]

    [[keys]]
    name = "prometheus"
    key = ["  another long key ", "the one before it"]
    expires = 2027-01-31T12:00:00+02:00
    """
    web, prometheus = read(written(tmp_path, text))
    assert (web.name, web.streams, web.connections, web.text_per_minute) == ("web", 2, 3, 400)
    assert (web.scopes, prometheus.scopes) == ({"clients"}, {"clients", "metrics"})
    assert web.expires == datetime(2027, 1, 31, tzinfo=UTC).timestamp()
    assert prometheus.expires == datetime(2027, 1, 31, 10, tzinfo=UTC).timestamp()
    assert (prometheus.streams, prometheus.connections, prometheus.text_per_minute) == (None, None, None)
    ring = KeyRing([web, prometheus])
    assert ring.find(SECRET.encode()) is web
    assert ring.find(b"another long key") is ring.find(b"the one before it") is prometheus
    assert ring.find(b"") is ring.find(DIGEST.encode()) is ring.find(b"another long key ") is None
    assert SECRET not in repr(prometheus)
    assert "another" not in repr(prometheus)


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    assert read(written(tmp_path, f'\ufeff[[keys]]\nname = "web"\nkey = "{SECRET}"'))[0].name == "web"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least one"),
        ("keys = []", "at least one"),
        ("keys = 3", "at least one"),
        (f'[keys]\nname = "web"\nkey = "{SECRET}"', r"\[\[keys\]\]"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\n[other]', "nothing else"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}', r"not valid TOML \(at "),
        (f'{SECRET}', "not valid TOML"),
        (f'[[keys]]\nkey = "{SECRET}"\nkey = "{SECRET}"', "not valid TOML"),
        ("keys = [3]", "key 1: "),
        (f'[[keys]]\nkey = "{SECRET}"', "key 1: name: Field required"),
        (f'[[keys]]\nname = ""\nkey = "{SECRET}"', "key 1: name: "),
        (f'[[keys]]\nname = "a b"\nkey = "{SECRET}"', "key 1: name: "),
        (f'[[keys]]\nname = "{"a" * 41}"\nkey = "{SECRET}"', "key 1: name: "),
        (f'[[keys]]\nname = 3\nkey = "{SECRET}"', "key 1: name: "),
        (f'[[keys]]\nname = "default"\nkey = "{SECRET}"', "A2F_API_KEY"),
        ('[[keys]]\nname = "web"', "either key or sha256"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nsha256 = "{DIGEST}"', "either key or sha256"),
        ('[[keys]]\nname = "web"\nkey = "short"', r"key 1 \(web\): a key needs at least 8"),
        ('[[keys]]\nname = "web"\nkey = "         short "', "at least 8"),
        ('[[keys]]\nname = "web"\nkey = []', "at least 8"),
        ('[[keys]]\nname = "web"\nkey = 12345678', "key 1 .web.: key: "),
        (f'[[keys]]\nname = "web"\nsha256 = "{DIGEST[:-1]}"', "64 hexadecimal"),
        (f'[[keys]]\nname = "web"\nsha256 = "{SECRET}"', "64 hexadecimal"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nstreams = 0', "streams: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nstreams = -1', "streams: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nstreams = true', "streams: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nconnections = 1.5', "connections: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\ntext_per_minute = "9"', "text_per_minute: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\ntext_per_minute = 99999999999', "text_per_minute: "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nexpires = "2027-01-31"', "date without quotes"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nexpires = 12:00:00', "date without quotes"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nexpires = 2027-02-30', "not valid TOML"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nscopes = []', "scopes: name at least one"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nscopes = ["admin"]', "scopes"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nscopes = "clients"', "scopes"),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}"\nstream = 3', "no field stream; known are name, key, "),
        (f'[[keys]]\n"{SECRET}" = "web"', "no field of this name; known are name, key, "),
        (f'[[keys]]\nname = "web"\nkey = "{SECRET}\\u0000"', "control characters"),
        (f'keys = ["{SECRET}"]', r"key 1: write it as a table \[\[keys\]\]"),
    ],
)  # fmt: skip
def test_a_fault_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(KeyFileError, match=message):
        read(path)
    problem(path)


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    web = f'[[keys]]\nname = "web"\nkey = "{SECRET}"\n'
    text = f'{web}{web}[[keys]]\nname = "other"\nsha256 = "{DIGEST}"\n[[keys]]\nname = "bad"\nkey = "short"\n'
    lines = problem(written(tmp_path, text)).splitlines()
    assert ["key 4 (bad)" in line for line in lines] == [True, False, False, False]
    assert "two keys have the name web" in lines[1]
    assert lines[2].endswith("web and web have the same key twice")
    assert lines[3].endswith("web and other have the same key twice")


def test_what_is_no_text_file(tmp_path: Path) -> None:
    assert "no such file" in problem(tmp_path / "missing.toml")
    assert "not a file" in problem(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "not a file" in problem(tmp_path / "pipe"), "reading it would wait for ever"
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert "no such file" in problem(tmp_path / "link")
    (tmp_path / "binary").write_bytes(b"\xff\xfe[[keys]]")
    assert "not UTF-8" in problem(tmp_path / "binary")
    (tmp_path / "large").write_bytes(b"#" * (MOST_BYTES + 1))
    assert "larger" in problem(tmp_path / "large")
    (tmp_path / "deep").write_text("keys = " + "[" * 100_000)
    assert "not valid TOML" in problem(tmp_path / "deep")
    (tmp_path / "many").write_text(f'[[keys]]\nname = "web"\nkey = "{SECRET}"\n' * 1001)
    assert "more than 1000 keys" in problem(tmp_path / "many")


def test_the_example_of_the_documentation_is_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert [key.name for key in read(written(tmp_path, example))] == ["web", "prometheus"]
