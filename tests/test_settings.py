"""Settings come from the environment, have descriptions, and never expose the server by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from a2f_server.api.app import create_app
from a2f_server.settings import Settings
from a2f_server.tts.selector import VOICES

SECRET = "correct horse battery staple"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes the settings of this machine's environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"A2F_{name.upper()}", raising=False)


def test_a_newcomer_gets_loopback_without_a_key() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.backend, settings.fps) == ("127.0.0.1", 8000, "auto", 30)
    assert settings.loopback
    assert settings.api_key is None


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PORT", "8123", 8123),
        ("BACKEND", "mock", "mock"),
        ("DEVICE", "cuda", "cuda"),
        ("FPS", "60", 60),
        ("PROFILES", "own.toml", Path("own.toml")),
        ("API_KEY", SECRET, SecretStr(SECRET)),
        ("INSECURE", "1", True),
        ("ALLOWED_ORIGINS", "https://a.example", "https://a.example"),
        ("MAX_UTTERANCE_S", "12.5", 12.5),
        ("MAX_STREAMS", "7", 7),
        ("TTS", "espeak", "espeak"),
        ("AZURE_KEY", SECRET, SecretStr(SECRET)),
        ("AZURE_REGION", "West Europe", "westeurope"),
        ("AZURE_HOST", "ws://127.0.0.1:5500", "ws://127.0.0.1:5500"),
        ("VOICE", "de-DE-KatjaNeural", "de-DE-KatjaNeural"),
        ("MAX_TEXT", "100", 100),
        ("TEXT_PER_MINUTE", "1000", 1000),
        ("MOCK_LATENCY", "0.25", 0.25),
        ("MOCK_FAIL_AFTER", "3", 3.0),
        ("LOG_LEVEL", "debug", "debug"),
    ],
)
def test_environment_variables(monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object) -> None:
    monkeypatch.setenv(f"A2F_{name}", text)
    assert getattr(Settings(), name.lower()) == value


def test_empty_variables_count_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2F_API_KEY", "")
    monkeypatch.setenv("A2F_MAX_STREAMS", "")
    assert Settings().api_key is None
    assert Settings().max_streams is None


def test_unknown_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2F_COLOUR", "blue")
    Settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_needs_no_key(host: str) -> None:
    assert Settings(host=host).loopback


@pytest.mark.parametrize("setting", [{"hosts": "face.example"}, {"hosts": "*"}, {"proxies": "127.0.0.1"}])
def test_loopback_behind_a_proxy_needs_a_key(setting: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="A2F_API_KEY"):
        Settings(**setting)  # type: ignore[arg-type]
    assert not Settings(**setting, insecure=True).private  # type: ignore[arg-type]
    assert Settings().private


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        *(
            ("hosts", bad)
            for bad in ("https://face.example", "face.example:8000", "face.example/a2f", "*.face.example")
        ),
        *(("proxies", bad) for bad in ("haproxy", "10.0.0.5/8", "10.0.0.0/33", "127.0.0.1:80", "*")),
    ],
)
def test_hosts_and_proxies_are_checked(setting: str, value: str) -> None:
    with pytest.raises(ValidationError, match="such as"):
        Settings(**{setting: value, "insecure": True})  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "fd00::1", "example.org", ""])
def test_other_addresses_need_a_key(host: str) -> None:
    with pytest.raises(ValidationError, match="A2F_API_KEY"):
        Settings(host=host)
    assert not Settings(host=host, api_key=SecretStr("12345678")).loopback
    assert not Settings(host=host, insecure=True).loopback


def test_a_file_of_keys_is_enough_for_other_addresses(tmp_path: Path) -> None:
    assert Settings(host="0.0.0.0", keys_file=tmp_path / "keys.toml").locked
    assert not Settings().locked
    with pytest.raises(ValidationError, match="at least 16"):
        Settings(token_secret=SecretStr("short"))


@pytest.mark.parametrize("key", [" ", "\t", "\xa0", "short", "   1234567   "])
def test_a_blank_or_short_key_is_refused(key: str) -> None:
    """A blank key used to let everybody in."""
    with pytest.raises(ValidationError, match="at least 8 characters"):
        Settings(api_key=SecretStr(key))


def test_an_empty_key_is_no_key() -> None:
    with pytest.raises(ValidationError, match="at least 1"):
        Settings(api_key=SecretStr(""))


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", set()),
        (" , ", set()),
        ("*", {"*"}),
        ("https://a.example", {"https://a.example"}),
        (" https://a.example/ ,http://b.example:8080,", {"https://a.example", "http://b.example:8080"}),
    ],
)
def test_origins(text: str, origins: set[str]) -> None:
    assert Settings(allowed_origins=text).origins == origins


@pytest.mark.parametrize("text", ["https://*", "https://*.com", "*.example.com", "https://a.*.example.com", "**"])
def test_a_wildcard_that_would_allow_too_much(text: str) -> None:
    with pytest.raises(ValidationError, match="a wildcard must stand for the subdomains"):
        Settings(allowed_origins=text)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_description(name: str) -> None:
    description = Settings.model_fields[name].description or ""
    assert description.endswith(".")
    assert description[0].isupper()
    assert len(description) > 20


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(api_key=SecretStr(SECRET))
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(settings.model_dump())):
        assert SECRET not in shown
    monkeypatch.setenv("A2F_API_KEY", SECRET)
    assert SECRET not in repr(Settings())


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 65536},
        {"port": -1},
        {"fps": 9},
        {"fps": 61},
        {"device": "tpu"},
        {"max_streams": 0},
        {"max_utterance_s": 0},
        {"mock_latency": -1},
        {"log_level": "loud"},
        {"face": "9" * 5000},
        {"face": "[" * 100_000},
    ],
    ids=lambda wrong: str(wrong)[:30],
)
def test_values_out_of_range_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("AZURE_REGION", "https://x", "a word such as westeurope"),
        ("AZURE_HOST", "127.0.0.1:5500", "ws://host:port"),
        ("AZURE_HOST", "http://127.0.0.1:5500", "ws://host:port"),
        ("AZURE_HOST", "ws://127.0.0.1:5500/path", "without a path"),
        ("AZURE_HOST", "ws://user:secret@host", "ws://host:port"),
    ],
)
def test_a_wrong_voice_setting_gets_a_message(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, words: str
) -> None:
    monkeypatch.setenv(f"A2F_{name}", text)
    with pytest.raises(ValidationError, match=words):
        Settings()


@pytest.mark.parametrize("choice", ["auto", "none", *VOICES])
def test_an_unknown_voice_is_refused_with_the_choices(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    monkeypatch.setenv("A2F_TTS", "alexa")
    with pytest.raises(ValueError, match=f"no voice 'alexa'; A2F_TTS takes .*{choice}"):
        create_app(Settings(backend="mock"))
