"""Several API keys: each has its limits at every endpoint, and its name in the log and the metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from starlette.datastructures import Headers, QueryParams
from structlog.testing import capture_logs

import a2f_server
from a2f_server.api.auth import Authenticator
from a2f_server.api_keys import store
from a2f_server.api_keys.store import KeyStore
from a2f_server.errors import Unauthorized
from a2f_server.settings import Settings
from tests.api.ws.test_speak_turn import receive_speeches
from tests.support.faces import GLB, flat_faces
from tests.support.running import Running, Talk, occupy, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until
from tests.tts.toy import ToyVoice

SMALL, PLAIN, METERED = "the key of a small app", "the key of another app", "the key of prometheus"
KEYS = f"""
[[keys]]
name = "small"
sha256 = "{sha256(SMALL.encode()).hexdigest()}"
streams = 1
connections = 2
text_per_minute = 10

[[keys]]
name = "plain"
key = "{PLAIN}"

[[keys]]
name = "prometheus"
key = "{METERED}"
scopes = ["metrics"]

[[keys]]
name = "old"
key = "a key of last year"
expires = 2020-01-01
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.toml"
    path.write_text(KEYS)
    return path


@pytest.fixture(scope="module")
def shared(file: Path) -> Iterator[Running]:
    with run_server(voice=ToyVoice(), keys_file=file, subject_streams=1, host="0.0.0.0") as running:
        yield running


@pytest.fixture
def server(shared: Running) -> Iterator[Running]:
    yield shared
    until(lambda: not shared.service.connections and not shared.service.engine.slots.taken)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def bears(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def request(server: Running, method: str, path: str, key: str | None, **options: Any) -> httpx.Response:
    with server.http(headers=bears(key) if key else {}) as http:
        return http.request(method, path, **options)


def token(server: Running, key: str, subject: str | None = None) -> str:
    return str(request(server, "POST", "/v1/token", key, json={"subject": subject}).json()["token"])


def opened(stack: ExitStack, server: Running, key: str, subject: str | None = None) -> Talk:
    talk = stack.enter_context(server.talk(f"/ws?token={token(server, key, subject)}"))
    talk.expect("ready")
    return talk


@pytest.mark.parametrize(
    ("key", "status", "reason"),
    [(SMALL, 200, None), (PLAIN, 200, None), (METERED, 403, "scope"), ("a key of last year", 401, "expired"),
     ("guess", 401, "wrong"), (sha256(SMALL.encode()).hexdigest(), 401, "wrong"), (None, 401, "missing")],
)  # fmt: skip
def test_each_key_opens_the_server(server: Running, key: str | None, status: int, reason: str | None) -> None:
    answer = request(server, "POST", "/v1/token", key)
    assert (answer.status_code, answer.json().get("reason")) == (status, reason)


@pytest.mark.parametrize(("key", "status"), [(METERED, 200), (PLAIN, 200), (None, 401)])
def test_prometheus_has_a_key_of_its_own(server: Running, key: str | None, status: int) -> None:
    assert request(server, "GET", "/metrics", key).status_code == status


def test_a_key_opens_sockets_unless_its_scope_forbids(server: Running) -> None:
    with server.talk(additional_headers=bears(PLAIN)) as talk:
        talk.expect("ready")
    with server.talk(additional_headers=bears(METERED)) as talk:
        assert talk.error("unauthorized")["reason"] == "scope"
        assert talk.closed() == 1008


def test_sockets_are_counted_per_key(server: Running, stack: ExitStack) -> None:
    opened(stack, server, SMALL)
    opened(stack, server, SMALL, "anna")
    with server.talk(f"/ws?token={token(server, SMALL, 'ben')}") as third:
        error = third.error("busy")
        assert (error["reason"], error["scope"]) == ("connections", "key")
    for _ in range(3):
        opened(stack, server, PLAIN)


def test_slots_are_counted_per_key(server: Running, stack: ExitStack) -> None:
    occupy(opened(stack, server, SMALL, "anna"))
    other = opened(stack, server, SMALL, "ben")
    other.start()
    error = other.error("busy")
    assert (error["reason"], error["scope"]) == ("queue", "key")
    occupy(opened(stack, server, PLAIN, "anna"))


@pytest.mark.parametrize(
    ("path", "field"),
    [("/v1/animate", "audio"), ("/process-sync", "audio"), ("/process", "audio"), ("/process-audio/", "audio_file"),
     ("/api/v1/process-audio-stream", "file"), ("/v1/speak", "")],
)  # fmt: skip
def test_requests_take_the_slots_of_their_key(server: Running, stack: ExitStack, path: str, field: str) -> None:
    occupy(opened(stack, server, SMALL))
    content: dict[str, Any] = {"files": {field: wav(buzz(0.1, 16000), 16000)}} if field else {"json": {"text": "a"}}
    answer = request(server, "POST", path, SMALL, **content)
    assert (answer.status_code, answer.json()["reason"], answer.json()["scope"]) == (503, "queue", "key")
    assert request(server, "POST", path, PLAIN, **content).status_code == 200


def test_characters_are_counted_per_key(file: Path) -> None:
    with (
        run_server(voice=ToyVoice(), keys_file=file, text_per_minute=5, subject_text_per_minute=50) as server,
        ExitStack() as stack,
    ):
        talk = opened(stack, server, SMALL, "anna")
        talk.say("speak", text="1234")
        receive_speeches(talk)
        assert request(server, "POST", "/v1/speak", SMALL, json={"text": "56789"}).status_code == 200
        answer = request(server, "POST", "/v1/speak", SMALL, json={"text": "ab"})
        assert (answer.json()["reason"], answer.json()["scope"]) == ("quota", "key")
        answer = request(server, "POST", "/v1/speak", SMALL, json={"text": "12345678901"})
        assert "the limit is 10" in answer.json()["message"]
        talk.say("speak", text="ab")
        assert talk.error("busy")["scope"] == "key"
        talk.say("speak", text="a")
        receive_speeches(talk)
        assert request(server, "POST", "/v1/speak", PLAIN, json={"text": "12345"}).status_code == 200
        answer = request(server, "POST", "/v1/speak", PLAIN, json={"text": "1"})
        assert (answer.json()["reason"], answer.json()["scope"]) == ("quota", "key")


def opens_video(server: Running, key: str) -> httpx.Response:
    files = {"image": ("face.glb", GLB)}
    return request(server, "POST", "/api/audio-driven/chunked/init", key, files=files)


def test_video_sessions_are_counted_per_key(file: Path) -> None:
    with run_server(keys_file=file, subject_streams=1, video_sessions=8) as server:
        server.service.videos.load = flat_faces
        anna, ben = (token(server, SMALL, subject) for subject in ("anna", "ben"))
        assert opens_video(server, anna).status_code == 200
        for key, scope in ((ben, "key"), (SMALL, "key"), (anna, "subject")):
            answer = opens_video(server, key)
            assert (answer.status_code, answer.json()["reason"], answer.json()["scope"]) == (503, "queue", scope)
        for key in (token(server, PLAIN, "anna"), PLAIN, PLAIN):
            assert opens_video(server, key).status_code == 200


def test_two_keys_may_have_the_same_subjects(server: Running, stack: ExitStack) -> None:
    occupy(opened(stack, server, PLAIN, "anna"))
    occupy(opened(stack, server, SMALL, "anna"))


def test_names_are_in_the_log_and_the_metrics(server: Running) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        for key in (SMALL, PLAIN):
            answer = request(server, "POST", "/v1/animate", key, content=wav(buzz(0.1, 16000), 16000))
            assert answer.status_code == 200
        with server.talk(additional_headers=bears(PLAIN)) as talk:
            talk.expect("ready")
            talk.animate(bytes(320))
            talk.say("speak", text="abc")
            receive_speeches(talk)
        until(lambda: not server.service.connections)
    text = request(server, "GET", "/metrics", METERED).text
    assert 'a2f_key_utterances_total{key="small"}' in text
    assert 'a2f_key_characters_total{key="plain"}' in text
    assert 'a2f_key_connections{key="plain"} 0.0' in text
    assert 'a2f_key_streams{key="small"} 0.0' in text
    assert 'a2f_key_expiry_timestamp_seconds{key="old"} 1.57' in text
    assert "a2f_keys_file_error 0.0" in text
    assert [line["key"] for line in lines if line["event"] == "utterance"] == ["small", "plain", "plain", "plain"]
    assert [line["key"] for line in lines if line["event"] == "connected"] == ["plain"]
    assert not [key for key in (SMALL, PLAIN, METERED) if key in f"{text}{lines}"]


def test_keys_change_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "POLL_S", 0.01)
    file = tmp_path / "keys.toml"
    file.write_text(KEYS)

    def status(key: str) -> int:
        return request(server, "POST", "/v1/token", key).status_code

    with run_server(keys_file=file, send_timeout_s=0.4) as server:
        kept = token(server, PLAIN)
        file.write_text("[[keys]")
        until(lambda: request(server, "GET", "/health", None).json()["keys_file"] == "error")
        assert (status(SMALL), status(PLAIN)) == (200, 200)
        with server.talk(additional_headers=bears(SMALL)) as talk:
            talk.expect("ready")
            file.write_text(KEYS.replace('"small"', '"other"'))
            assert talk.error("unauthorized")["reason"] == "expired", "the sockets of a removed key are closed"
            assert talk.closed() == 1008
        file.write_text(KEYS.replace(PLAIN, "the next key of the app"))
        until(lambda: status(PLAIN) == 401)
        assert [status(key) for key in (SMALL, "the next key of the app")] == [200, 200]
        assert request(server, "GET", "/health", None).json()["keys_file"] == "ok"
        with server.talk(f"/ws?token={kept}") as talk:
            assert talk.error("unauthorized")["reason"] == "wrong", "its key was removed"


def test_every_endpoint_takes_slots_for_its_key() -> None:
    """A slot without a holder, as in `slots.reserve()`, would not count towards the limits of the key."""
    package = Path(a2f_server.__file__).parent
    for path in (*package.glob("api/**/*.py"), *package.glob("grpc_server/*.py")):
        for call in re.findall(r"(?:slots|queue)\.(?:reserve|open)\(\)", path.read_text("utf-8")):
            pytest.fail(f"{path.name}: give {call} the holder: service.callers.of(request).slots")


# Tokens


def authenticator(file: Path, now: float = 1000.0, **settings: Any) -> Authenticator:
    chosen = Settings(keys_file=file, **settings)
    return Authenticator(chosen, lambda: now, KeyStore(chosen))


def admitted(auth: Authenticator, token: str) -> str | None:
    try:
        identity = auth.check_socket(Headers({}), QueryParams({"token": token}), ())
    except Unauthorized:
        return None
    assert identity.key
    return f"{identity.key.name}/{identity.subject or ''}"


def issued(auth: Authenticator, key: str, subject: str | None = None) -> str:
    return auth.issue(subject, auth.check_key(Headers(bears(key))).key)[0]


@pytest.mark.parametrize("subject", [None, "anna", "a.b"])
@pytest.mark.parametrize(("name", "key"), [("small", SMALL), ("plain", PLAIN)])
def test_a_token_names_its_key(file: Path, name: str, key: str, subject: str | None) -> None:
    auth = authenticator(file)
    assert admitted(auth, issued(auth, key, subject)) == f"{name}/{subject or ''}"


def test_a_token_cannot_be_moved_to_another_key(file: Path) -> None:
    auth = authenticator(file, api_key="the key of the server")
    (expires, _, small, signature), (_, _, plain, _) = (issued(auth, key).split(".") for key in (SMALL, PLAIN))
    default = auth.issue()[0].split(".")
    for forged in (
        f"{expires}..{plain}.{signature}",
        f"{expires}.{small}.{signature}",
        f"{expires}.{signature}",
        f"{expires}...{signature}",
        f"{expires}..{small}.{default[1]}",
        f"{expires}..{small}.{small}.{signature}",
    ):
        assert admitted(auth, forged) is None


def test_replicas_need_a_secret_for_tokens_of_hashed_keys(file: Path) -> None:
    one, two = authenticator(file), authenticator(file)
    assert admitted(two, issued(one, PLAIN)) == "plain/"
    assert admitted(two, issued(one, SMALL)) is None
    one, two = (authenticator(file, token_secret="a secret of all replicas") for _ in range(2))
    assert admitted(two, issued(one, SMALL)) == "small/"
    assert admitted(authenticator(file, token_secret="a secret of other replicas"), issued(one, SMALL)) is None


def test_a_token_ends_with_its_key(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(f'[[keys]]\nname = "web"\nkey = "{PLAIN}"\nexpires = 1970-01-01T00:20:00Z')
    token = issued(authenticator(file, 1000), PLAIN)
    assert [admitted(authenticator(file, now), token) for now in (1199, 1200)] == ["web/", None]
