"""Settings from the environment and from `.env`; misspelt names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from a2f_server import environment
from a2f_server.settings import Settings


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.upper().startswith("A2F_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write(content: bytes) -> None:
    environment.FILE.write_bytes(content)


def load(**options: object) -> Settings:
    return environment.load(options, environment.FILE)


def test_without_a_file_the_defaults_apply() -> None:
    assert load() == Settings()


def test_a_file_gives_settings_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    write(b"# mine\nexport A2F_PORT=8123\nA2F_FPS='25'\nA2F_VOICE=\nOTHER=1\na2f_max_queue=3\n")
    monkeypatch.setenv("A2F_FPS", "60")
    settings = load(max_text=7)
    assert (settings.port, settings.fps, settings.voice, settings.max_queue, settings.max_text) == (
        8123,
        60,
        None,
        3,
        7,
    )


def test_options_win_over_the_file() -> None:
    write(b"A2F_PORT=8123")
    assert load(port=9000).port == 9000


def test_a_byte_order_mark_does_not_hide_the_first_line() -> None:
    write(b"\xef\xbb\xbfA2F_API_KEY=correct horse\r\n")
    key = load().api_key
    assert key
    assert key.get_secret_value() == "correct horse"


def test_a_file_in_another_encoding_is_an_error() -> None:
    write("A2F_API_KEY=correct horse".encode("utf-16"))
    with pytest.raises(ValueError, match="UTF-8"):
        load()


def test_only_the_command_reads_the_file() -> None:
    """A file next to the tests, or to a program that embeds the server, changes nothing."""
    write(b"A2F_PORT=8123")
    assert Settings().port == 8000
    assert environment.load({}).port == 8000


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("A2F_API_KYE", "A2F_API_KEY"),
        ("A2F_APIKEY", "A2F_API_KEY"),
        ("A2F_KEY", "A2F_API_KEY"),
        ("A2F_TOKEN", "A2F_API_KEY"),
        ("A2F_SECRET", "A2F_API_KEY"),
        ("a2f_api_kye", "A2F_API_KEY"),
        ("A2F_ALLOWED_ORIGIN", "A2F_ALLOWED_ORIGINS"),
        ("A2F_ORIGINS", "A2F_ALLOWED_ORIGINS"),
        ("A2F_TRUSTED_PROXIES", "A2F_PROXIES"),
        ("A2F_MAX_STREAM", "A2F_MAX_STREAMS"),
        ("A2F_LOGLEVEL", "A2F_LOG_LEVEL"),
    ],
)
@pytest.mark.parametrize("place", ["environment", "file"])
def test_a_misspelt_setting_stops_the_server(
    name: str, meant: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place == "file":
        write(f"{name}=swordfish-4711".encode())
    else:
        monkeypatch.setenv(name, "swordfish-4711")
    with pytest.raises(ValueError, match=f"did you mean {meant}") as caught:
        load()
    assert "swordfish" not in str(caught.value)


def test_all_misspelt_settings_are_named() -> None:
    with pytest.raises(ValueError, match=r"A2F_PROT.*A2F_PORT\?\n.*A2F_FSP.*A2F_FPS"):
        environment.refuse_misspelt(["A2F_PROT", "A2F_FSP", "PATH"])


def test_every_setting_and_the_names_of_others_are_known() -> None:
    names = [f"A2F_{name.upper()}" for name in Settings.model_fields]
    assert environment.unknown([*names, "A2F_MODEL", "A2F_VOLUME", "A2F_CHROMIUM", "PATH", "a2f_port"]) == []


def test_names_that_resemble_nothing_do_not_stop_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2F_FOO", "1")
    assert load() == Settings()
    assert environment.unknown(os.environ) == ["A2F_FOO"]
