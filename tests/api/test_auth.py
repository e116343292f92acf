"""Authentication: keys, tokens, origins and host names. No log ever contains a key."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers, QueryParams
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from a2f_server.api.auth import BEARER, Authenticator, Claims
from a2f_server.errors import BadMessage, ForbiddenOrigin, Unauthorized
from a2f_server.settings import Settings
from tests.support.running import Running, Talk, run_server
from tests.support.sounds import buzz, wav
from tests.support.spawning import spawn_server
from tests.support.waiting import PATIENCE, until

KEY = "correct horse battery staple"
BEARS = {"Authorization": f"Bearer {KEY}"}


def authenticator(now: float = 1000.0, **settings: Any) -> Authenticator:
    return Authenticator(Settings(**{"api_key": SecretStr(KEY), **settings}), lambda: now)


def wrapped(token: str) -> str:
    """Returns a token as a subprotocol."""
    return BEARER + base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def opens(auth: Authenticator, *, query: str = "", subprotocols: tuple[str, ...] = (), **headers: str) -> bool:
    return refusal(auth, query=query, subprotocols=subprotocols, **headers) is None


def refusal(
    auth: Authenticator, *, query: str = "", subprotocols: tuple[str, ...] = (), **headers: str
) -> Unauthorized | None:
    """Returns the error with which a socket is refused."""
    try:
        auth.check_socket(Headers(headers), QueryParams(query), subprotocols)
    except Unauthorized as error:
        return error
    return None


# Keys


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (f"Bearer {KEY}", True),
        (f"bearer {KEY}", True),
        (f"Bearer  {KEY} ", True),
        (f"Basic {KEY}", False),
        (KEY, False),
        (f"Bearer {KEY}x", False),
        (f"Bearer {KEY[:-1]}", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("", False),
        ("Bearer ключ", False),
    ],
)
def test_the_key_is_sent_as_a_bearer_token(header: str, good: bool) -> None:
    raw = [(b"authorization", header.encode())]
    if good:
        authenticator().check_key(Headers(raw=raw))
    else:
        with pytest.raises(Unauthorized, match="Authorization: Bearer"):
            authenticator().check_key(Headers(raw=raw))


def test_a_key_may_use_any_script() -> None:
    auth = authenticator(api_key=SecretStr("длинный ключ"))
    auth.check_key(Headers(raw=[(b"authorization", "Bearer длинный ключ".encode())]))


def test_without_a_key_anyone_may_connect() -> None:
    auth = authenticator(api_key=None)
    auth.check_key(Headers({}))
    assert opens(auth)


# Tokens


def test_a_token_opens_sockets_until_it_expires() -> None:
    token, lives = authenticator(now=1000).issue()
    assert lives == 600
    assert authenticator(now=1599).claims(token) == Claims(1600, None)
    assert authenticator(now=1600).claims(token) == Claims(1600, None)
    assert authenticator(now=1601).claims(token) is None


def test_a_token_has_the_lifetime_of_the_settings() -> None:
    token, lives = authenticator(now=0, token_ttl_s=5).issue()
    assert lives == 5
    assert authenticator(now=6).claims(token) is None


def test_a_token_is_read_from_subprotocol_or_query() -> None:
    auth = authenticator()
    token, _ = auth.issue()
    assert opens(auth, subprotocols=("a2f.v1", wrapped(token)))
    assert opens(auth, query=f"token={token}")
    assert opens(auth, authorization=f"Bearer {KEY}")
    assert not opens(auth)


def test_a_token_is_not_accepted_as_a_key() -> None:
    auth = authenticator()
    token, _ = auth.issue()
    with pytest.raises(Unauthorized):
        auth.check_key(Headers({"authorization": f"Bearer {token}"}))
    assert not opens(auth, authorization=f"Bearer {token}")


def test_the_key_is_not_accepted_as_a_token() -> None:
    assert not opens(authenticator(), query=f"token={KEY}")
    assert not opens(authenticator(), subprotocols=(wrapped(KEY),))


def test_a_missing_a_wrong_and_an_expired_credential_are_told_apart() -> None:
    token, _ = authenticator(now=0).issue()
    auth = authenticator(now=10_000)
    for options, reason, remedy in [
        ({}, "missing", "POST /v1/token"),
        ({"query": "token="}, "missing", "POST /v1/token"),
        ({"subprotocols": ("a2f.v1",)}, "missing", "POST /v1/token"),
        ({"query": f"token={token}"}, "expired", "POST /v1/token"),
        ({"subprotocols": ("a2f.v1", wrapped(token))}, "expired", "POST /v1/token"),
        ({"query": f"token={token}x"}, "wrong", "POST /v1/token"),
        ({"query": f"token={KEY}"}, "wrong", "this is the key"),
        ({"authorization": "Bearer guess"}, "wrong", "POST /v1/token"),
        ({"subprotocols": (BEARER + "***",)}, "missing", "POST /v1/token"),
    ]:
        error = refusal(auth, **options)  # type: ignore[arg-type]
        assert error is not None, options
        assert error.reason == reason, options
        assert remedy in error.message
        assert KEY not in error.message
        assert token not in error.message


def test_over_http_a_missing_and_a_wrong_key_and_a_token_are_told_apart() -> None:
    auth = authenticator()
    token, _ = auth.issue()
    for header, reason, message in [
        (None, "missing", "a key is needed"),
        ("", "missing", "a key is needed"),
        ("Bearer guess", "wrong", "not the server's key"),
        ("Basic guess", "wrong", "Bearer"),
        (f"Bearer {token}", "wrong", "does not accept tokens"),
    ]:
        with pytest.raises(Unauthorized, match=message) as refused:
            auth.check_key(Headers({} if header is None else {"authorization": header}))
        assert refused.value.reason == reason, header


def test_a_foreign_origin_and_host_are_no_missing_credentials() -> None:
    auth = authenticator(api_key=None)
    with pytest.raises(ForbiddenOrigin) as refused:
        auth.check_origin(Headers({"origin": "https://evil.example", "host": "localhost"}))
    assert refused.value.reason == "origin"
    with pytest.raises(ForbiddenOrigin) as refused:
        auth.check_host(Headers({"host": "evil.example"}))
    assert refused.value.reason == "host"


def test_forged_tokens_are_refused() -> None:
    token, _ = authenticator().issue()
    expires, _, signature = token.partition(".")
    forged = [
        "",
        ".",
        expires,
        f"{expires}.",
        f".{signature}",
        f"{int(expires) + 600}.{signature}",
        f"{expires}.{signature[:-1]}0",
        f"{expires}.{signature.upper()}",
        f"{expires}.{signature}.",
        f" {expires}.{signature}",
        f"²{expires}.{signature}",
        "9" * 5000 + f".{signature}",
        "\ud800.\ud800",
    ]
    assert [text for text in forged if authenticator().claims(text)] == []


def test_a_token_of_another_key_is_refused() -> None:
    token, _ = authenticator(api_key=SecretStr("another key")).issue()
    assert authenticator().claims(token) is None


@pytest.mark.parametrize("subject", ["user-42", "a", "auth0|5f7c", "anna+b@example.org", "a.b.c", "~" * 64])
def test_a_token_names_its_subject(subject: str) -> None:
    auth = authenticator()
    token, _ = auth.issue(subject)
    claims = auth.claims(token)
    assert claims
    assert claims.subject == subject
    assert auth.check_socket(Headers({}), QueryParams({"token": token}), ()).subject == subject
    assert auth.check_socket(Headers({}), QueryParams(""), (wrapped(token),)).subject == subject


@pytest.mark.parametrize("subject", ["", " ", "a b", "a" * 65, "ä", "a\n", "\0", "\u202e", "\ud800"])
def test_a_subject_has_few_printable_characters(subject: str) -> None:
    with pytest.raises(BadMessage, match="subject: "):
        authenticator().issue(subject)


def test_a_subject_cannot_be_forged() -> None:
    auth = authenticator()
    expires, subject, signature = auth.issue("user-42")[0].split(".")
    plain, plain_signature = auth.issue()[0].split(".")
    other = auth.issue("user-43")[0].split(".")[1]
    forged = [
        f"{expires}.{other}.{signature}",
        f"{expires}.{signature}",
        f"{expires}..{signature}",
        f"{expires}.{subject}.{subject}.{signature}",
        f"{plain}.{other}.{plain_signature}",
        f"{plain}.{plain_signature}.{other}",
    ]
    assert [text for text in forged if auth.claims(text)] == []


@pytest.mark.parametrize("subprotocol", [BEARER, BEARER + "%%%", BEARER + "A", BEARER + "_w", "bearer." + "A" * 9])
def test_a_subprotocol_without_a_token_is_refused(subprotocol: str) -> None:
    assert not opens(authenticator(), subprotocols=("a2f.v1", subprotocol))


# Origins


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        ("https://a.example", "face.example", True),
        ("https://a.example/", "face.example", True),
        ("http://a.example", "face.example", False),
        ("https://a.example:8443", "face.example", False),
        ("https://b.a.example", "face.example", False),
        ("https://a.example.evil.example", "face.example", False),
        ("https://face.example", "face.example", True),
        ("https://FACE.example", "face.example", True),
        ("https://face.example", "face.example:443", True),
        ("http://face.example", "face.example:80", True),
        ("http://face.example:8000", "face.example:8000", True),
        ("http://face.example:8001", "face.example:8000", False),
        ("http://localhost:3000", "face.example", False),
        ("null", "face.example", False),
        ("", "face.example", False),
        ("file://", "face.example", False),
        ("https://[", "face.example", False),
    ],
)
def test_origins_of_a_public_server(origin: str, host: str, allowed: bool) -> None:
    auth = authenticator(host="0.0.0.0", allowed_origins="https://a.example")
    assert auth.allows(origin, host) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://a.b.example", True),
        ("https://Pull-7.B.example/", True),
        ("https://x.y.b.example", True),
        ("https://b.example", False),
        ("http://a.b.example", False),
        ("https://a.b.example:8443", False),
        ("https://a.b.example.evil", False),
        ("https://evil.example/a.b.example", False),
        ("https://evilb.example", False),
        ("https://.b.example", False),
        ("null", False),
    ],
)
def test_a_wildcard_in_an_origin_allows_subdomains(origin: str, allowed: bool) -> None:
    auth = authenticator(host="0.0.0.0", allowed_origins="https://c.example, https://*.b.example")
    assert auth.allows(origin, "server.example") is allowed


@pytest.mark.parametrize("origin", ["https://anyone.example", "null", "file://"])
def test_a_star_allows_every_origin(origin: str) -> None:
    assert authenticator(allowed_origins="*").allows(origin, "127.0.0.1")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:5173", True),
        ("http://[::1]:8080", True),
        ("https://app.localhost", True),
        ("https://evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://localhost@evil.example", False),
        ("http://evil.example#.localhost", False),
        ("http://127.0.0.1.evil.example", False),
        ("null", False),
    ],
)
def test_pages_of_this_machine_may_use_a_loopback_server(origin: str, allowed: bool) -> None:
    assert authenticator().allows(origin, "127.0.0.1:8000") is allowed


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("127.0.0.1:8000", True),
        ("127.0.0.2:8000", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("[::1]:8000", True),
        ("me.localhost:8000", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8000", False),
        ("192.168.1.5:8000", False),
        ("0.0.0.0:8000", False),
        ("evil.example/.localhost", False),
        ("[::1", False),
        ("", False),
    ],
)
def test_a_loopback_server_accepts_only_loopback_host_names(host: str, good: bool) -> None:
    if good:
        keyless().check_host(Headers({"host": host}))
    else:
        with pytest.raises(ForbiddenOrigin, match="loopback"):
            keyless().check_host(Headers({"host": host}))


def keyless(**settings: Any) -> Authenticator:
    return authenticator(api_key=None, **settings)


def test_a_server_with_a_key_accepts_any_host_name() -> None:
    authenticator().check_host(Headers({"host": "face.example"}))
    authenticator(host="0.0.0.0").check_host(Headers({"host": "face.example"}))


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("192.168.1.5:8000", True),
        ("[fd00::1]:8000", True),
        ("localhost:8000", True),
        ("a2f", True),  # a container's or a computer's name
        ("A2F:8000", True),
        ("studio.local:8000", True),
        ("a2f.internal", True),
        ("evil.example:8000", False),
        ("evil.example.:8000", False),
        ("192.168.1.5.evil.example", False),
        ("evil.example:8000@192.168.1.5", True),  # the name is the address
        ("192.168.1.5@evil.example", False),
        ("notlocal", True),
        ("evil.notlocal", False),
        ("", False),
        (":8000", False),
        ("[::1", False),
    ],
)
def test_an_open_server_accepts_names_that_no_page_can_point_at_it(host: str, good: bool) -> None:
    auth = keyless(host="0.0.0.0", insecure=True)
    if good:
        auth.check_host(Headers({"host": host}))
    else:
        with pytest.raises(ForbiddenOrigin, match="A2F_HOSTS"):
            auth.check_host(Headers({"host": host}))


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {}, {"host": "0.0.0.0", "api_key": SecretStr(KEY)}])
def test_public_host_names_are_listed(settings: dict[str, Any]) -> None:
    auth = authenticator(**{"api_key": None, "insecure": True, "hosts": "Face.example, b.example", **settings})
    for good in ("face.example", "FACE.EXAMPLE:443", "b.example:8443", "localhost"):
        auth.check_host(Headers({"host": good}))
    for bad in ("evil.example", "a.face.example", "face.example.evil.example"):
        with pytest.raises(ForbiddenOrigin, match="A2F_HOSTS"):
            auth.check_host(Headers({"host": bad}))
    authenticator(api_key=None, insecure=True, hosts="*").check_host(Headers({"host": "evil.example"}))


def test_a_rebound_page_cannot_use_an_open_server() -> None:
    with run_server(host="0.0.0.0", insecure=True) as server, server.http() as http:
        for path in ("/", "/metrics", "/v1/expressions", "/openapi.json"):
            answer = http.get(path, headers={"Host": f"evil.example:{server.port}"})
            assert (answer.status_code, answer.json()["code"]) == (403, "unauthorized"), path
            assert "A2F_HOSTS" in answer.json()["message"]
            assert http.get(path, headers={"Host": f"192.168.1.5:{server.port}"}).status_code == 200
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            uri = f"ws://evil.example:{server.port}/ws"
            with connect(uri, sock=connection, origin=f"http://evil.example:{server.port}", proxy=None) as evil:  # type: ignore[arg-type]
                assert refused_socket(Talk(evil)) == 1008


# Over sockets


@pytest.fixture(scope="module")
def locked() -> Iterator[Running]:
    """A server with a key and one page that may use it."""
    with run_server(api_key=SecretStr(KEY), allowed_origins="https://a.example") as running:
        yield running


def token(server: Running) -> str:
    with server.http(headers=BEARS) as http:
        return str(http.post("/v1/token").json()["token"])


def refused_socket(talk: Talk, code: str = "unauthorized", reason: str | None = None) -> int:
    """Expects the error; returns the close code."""
    error = talk.expect("error")
    assert reason in (None, error["reason"])
    assert (error["code"], error["fatal"]) == (code, True)
    assert error["message"]
    assert KEY not in error["message"]
    return talk.closed()


@pytest.mark.parametrize(
    "path",
    ["/health", "/ping", "/v1/expressions", "/", "/audio2face-client.js", "/index.html", "/docs", "/openapi.json"],
)
def test_public_routes_need_no_key(locked: Running, path: str) -> None:
    with locked.http() as http:
        assert http.get(path).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/metrics"),
        ("GET", "/v1/voices"),
        ("POST", "/v1/animate"),
        ("POST", "/v1/token"),
        ("POST", "/process"),
        ("POST", "/process-sync"),
        ("GET", "/nothing"),
        ("GET", "/pages"),
    ],
)
def test_other_routes_need_the_key(locked: Running, method: str, path: str) -> None:
    with locked.http() as http:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = http.request(method, path, headers=headers)
            assert answer.status_code == 401
            assert answer.json().keys() == {"type", "code", "reason", "message"}
            assert (answer.json()["type"], answer.json()["code"]) == ("error", "unauthorized")
            assert answer.json()["reason"] == ("wrong" if headers else "missing")
        assert http.request(method, path, headers=BEARS).status_code != 401


def test_a_file_is_animated_with_the_key(locked: Running) -> None:
    with locked.http(headers=BEARS) as http:
        assert http.post("/v1/animate", content=wav(buzz(0.5, 16000), 16000)).status_code == 200


def test_a_token_is_not_accepted_by_http_routes(locked: Running) -> None:
    with locked.http() as http:
        assert http.get(f"/metrics?token={token(locked)}").status_code == 401


def test_paths_cannot_escape_the_pages_folder(locked: Running) -> None:
    for path in ("/page/../metrics", "/page/%2e%2e/metrics", "/vendor/..%2f..%2fa2f-server/server.py", "//metrics"):
        assert b"200 OK" not in raw(locked, path)


def raw(server: Running, path: str) -> bytes:
    """Returns the status line for a path that HTTP clients would normalise."""
    with socket.create_connection(("127.0.0.1", server.port), PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return connection.recv(100).splitlines()[0]


def test_sockets_accept_the_key_and_tokens(locked: Running) -> None:
    fresh = token(locked)
    for options in (
        {"additional_headers": BEARS},
        {"subprotocols": ["a2f.v1", wrapped(fresh)]},
        {"path": f"/ws?token={fresh}"},
    ):
        with locked.talk(**options) as talk:  # type: ignore[arg-type]
            talk.expect("ready")
            assert talk.socket.subprotocol == "a2f.v1", "never the one that contains the token"


@pytest.mark.parametrize("path", ["/ws", "/ws?token=", "/ws?token=1.2", f"/ws?token={'9' * 2000}.0", "/ws/session"])
def test_sockets_require_credentials(locked: Running, path: str) -> None:
    with locked.talk(path) as talk:
        assert refused_socket(talk) == 1008


def test_sockets_refuse_a_wrong_key(locked: Running) -> None:
    with locked.talk(additional_headers={"Authorization": "Bearer wrong"}) as talk:
        assert refused_socket(talk) == 1008
    with locked.talk(subprotocols=["a2f.v1", wrapped("wrong")]) as talk:
        assert refused_socket(talk, reason="wrong") == 1008
    with locked.talk() as talk:
        assert refused_socket(talk, reason="missing") == 1008


def test_sockets_refuse_foreign_origins(locked: Running) -> None:
    fresh = token(locked)
    for origin, welcome in (("https://a.example", True), ("https://evil.example", False), ("null", False)):
        with locked.talk(f"/ws?token={fresh}", origin=origin) as talk:
            if welcome:
                talk.expect("ready")
            else:
                assert refused_socket(talk) == 1008


def test_pages_over_http(locked: Running) -> None:
    with locked.http(headers=BEARS) as http:
        welcome = http.get("/metrics", headers={"Origin": "https://a.example"})
        assert welcome.status_code == 200
        assert welcome.headers["access-control-allow-origin"] == "https://a.example"
        foreign = http.get("/metrics", headers={"Origin": "https://evil.example"})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "unauthorized")
        assert "A2F_ALLOWED_ORIGINS" in foreign.json()["message"]
        assert "access-control-allow-origin" not in foreign.headers
        own = http.get("/metrics", headers={"Origin": locked.url})
        assert own.status_code == 200


def test_a_page_can_read_the_reason_of_a_refusal(locked: Running) -> None:
    with locked.http() as http:
        answer = http.get("/metrics", headers={"Origin": "https://a.example"})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "https://a.example"


def test_preflight(locked: Running) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
    with locked.http() as http:
        for origin, status in (
            ("https://a.example", 200),
            ("http://localhost:3000", 200),
            ("https://evil.example", 400),
        ):
            answer = http.options("/v1/animate", headers={"Origin": origin, **asks})
            assert answer.status_code == status, origin
            assert ("access-control-allow-origin" in answer.headers) is (status == 200)
        assert (
            "authorization"
            in http.options("/v1/animate", headers={"Origin": "https://a.example", **asks})
            .headers["access-control-allow-headers"]
            .lower()
        )


def test_pages_of_other_ports_may_use_a_loopback_server(server: Running) -> None:
    """Development servers run on another port of the same machine."""
    with server.http() as http:
        answer = http.get("/metrics", headers={"Origin": "http://localhost:3000"})
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
    with server.talk(origin="http://localhost:3000") as talk:
        talk.expect("ready")


def test_a_rebound_host_name_is_refused(server: Running) -> None:
    with server.http(headers={"Host": "evil.example"}) as http:
        for path in ("/", "/metrics", "/audio2face-client.js"):
            answer = http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "unauthorized")
        assert http.get("/health").status_code == 200, "probes may use any host name"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        uri = f"ws://evil.example:{server.port}/ws"
        with connect(uri, sock=connection, origin=f"http://evil.example:{server.port}", proxy=None) as evil:  # type: ignore[arg-type]
            assert refused_socket(Talk(evil)) == 1008


def test_keys_and_tokens_are_never_in_a_log() -> None:
    """Includes the lines of uvicorn and websockets, at the most verbose level."""
    secret = "swordfish-4711"
    with spawn_server("--set", "log_level=debug", A2F_API_KEY=secret) as spawned:
        url = f"127.0.0.1:{spawned.port}"
        bears = {"Authorization": f"Bearer {secret}"}
        fresh = httpx.post(f"http://{url}/v1/token", headers=bears).json()["token"]
        httpx.get(f"http://{url}/metrics?token={fresh}", headers=bears)
        httpx.get(f"http://{url}/metrics?key={secret}", headers={"Authorization": f"Basic {secret}"})
        for path, options in (
            (f"/ws?token={fresh}", {}),
            ("/ws", {"subprotocols": ["a2f.v1", wrapped(fresh)]}),
            ("/ws", {"additional_headers": bears}),
            (f"/ws?token={secret}", {}),
        ):
            with connect(f"ws://{url}{path}", proxy=None, **options) as ws, suppress(ConnectionClosed):  # type: ignore[arg-type]
                ws.send(f'{{"type":"{secret}","token":"{fresh}"}}')
                ws.recv(PATIENCE)
        until(lambda: spawned.log.count("disconnected") == 3)
        spawned.terminate()
        spawned.ended()
    assert "connection refused" in spawned.log
    assert "request" in spawned.log
    for hidden in (secret, fresh, wrapped(fresh)):
        assert hidden not in spawned.log
