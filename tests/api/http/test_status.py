"""Routes for operators, load balancers and browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from a2f_server import __version__
from a2f_server.api.messages import Options
from a2f_server.api.service import NOMINAL_RATE, seconds
from tests.support.running import Running, pcm, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until
from tests.tts.toy import ToyVoice


def metric(server: Running, name: str) -> float:
    """Returns a value of /metrics, 0 if it does not exist yet."""
    with server.http() as http:
        text = http.get("/metrics").text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def own() -> Iterator[Running]:
    """A server that no other test uses, for exact metrics."""
    with run_server(max_streams=3, fps=25) as running:
        yield running


def test_the_look_ahead_is_computed_once_for_each_frame_rate() -> None:
    """/health needs no key, so it must be cheap."""
    with run_server(fps=25) as server:
        service = server.service
        exact = {fps: service.utterance(Options(fps=fps), NOMINAL_RATE).lookahead for fps in (10, 25, 60)}
        assert [service.lookahead(Options(fps=fps)) for fps in exact] == list(exact.values())
        service.utterance = None  # type: ignore[assignment, method-assign]
        assert [service.lookahead(Options(fps=fps)) for fps in exact] == list(exact.values())
        assert service.lookahead() == service.lookahead(Options()) == exact[25]
        with server.http() as http:
            assert http.get("/health").json()["lookahead"] == seconds(exact[25])


def test_health(own: Running) -> None:
    with own.http() as http:
        answer = http.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "healthy",
        "mode": "mock",
        "backend": "mock",
        "device": "cpu",
        "provider": "numpy",
        "model": {},
        "batch": 1024,
        "memory": answer.json()["memory"],
        "tts": None,
        "processor_ready": True,
        "active_sessions": 0,
        "capacity": 3,
        "max_streams": 3,
        "connections": 0,
        "workers": 1,
        "draining": False,
        "fps": 25,
        "lookahead": answer.json()["lookahead"],
        "keys_file": None,
        "version": __version__,
        "streaming_manager": "initialized",
        "service": "a2f-server",
        "grpc_status": "healthy",
    }
    assert 0 < answer.json()["lookahead"] < 0.2
    memory = answer.json()["memory"]
    assert 10 < memory["used"] < memory["total"], "MiB of this process, and of the machine"


def test_metrics_describe_the_build_and_the_process(own: Running) -> None:
    with own.http() as http:
        text = http.get("/metrics").text
    build = re.search(r"^a2f_build_info\{(.*)\} 1.0$", text, re.MULTILINE)
    assert build
    labels = dict(re.findall(r'(\w+)="([^"]*)"', build[1]))
    assert labels.pop("python").startswith("3.")
    expected = {"version": __version__, "backend": "mock", "device": "cpu", "provider": "numpy", "tts": ""}
    assert labels == expected
    assert metric(own, "process_resident_memory_bytes") > 10 << 20
    assert metric(own, "a2f_device_memory_total_bytes") > metric(own, "a2f_device_memory_used_bytes") > 10 << 20
    assert [metric(own, f"a2f_{name}") for name in ("healthy", "draining", "keys_file_error")] == [1, 0, 0]


def test_errors_are_counted_from_zero_on(own: Running) -> None:
    """A counter that appears with its first error hides it from Prometheus."""
    with own.http() as http:
        text = http.get("/metrics").text
    for code in ("busy", "unauthorized", "backend_failed", "tts_failed", "not_found"):
        assert f'a2f_errors_total{{code="{code}"}} ' in text


def test_metrics_count_what_is_spoken() -> None:
    with run_server(voice=ToyVoice()) as server, server.http() as http:
        with server.talk() as talk:
            talk.say("speak", text="~")
            talk.expect("ready")
            talk.expect("started")
            talk.say("cancel")
            talk.expect("cancelled")
        until(lambda: metric(server, 'a2f_tts_requests_total{outcome="stopped"}') == 1)
        spoken = metric(server, "a2f_tts_audio_seconds_total")
        assert [http.post("/v1/speak", json={"text": text}).status_code for text in ("abc", "!")] == [200, 502]
        for outcome, count in (("spoken", 1), ("failed", 1), ("stopped", 1)):
            assert metric(server, f'a2f_tts_requests_total{{outcome="{outcome}"}}') == count
        assert metric(server, "a2f_tts_characters_total") == 5
        assert metric(server, "a2f_tts_audio_seconds_total") - spoken == pytest.approx(0.3)
        assert 1 <= metric(server, "a2f_tts_first_audio_seconds_count") <= 2, "the first may have stopped before"


def test_health_counts_sockets_and_utterances(own: Running) -> None:
    with own.talk() as talk, own.http() as http:
        talk.expect("ready")
        talk.start()
        talk.expect("started")
        assert http.get("/health").json()["active_sessions"] == 0, "an utterance without audio takes no slot"
        talk.send(bytes(2))
        until(lambda: own.service.engine.slots.taken)
        body = http.get("/health").json()
        assert (body["connections"], body["active_sessions"]) == (1, 1)
        assert metric(own, "a2f_connections") == metric(own, "a2f_utterances") == 1
    until(lambda: not own.service.connections)
    assert metric(own, "a2f_connections") == metric(own, "a2f_utterances") == 0


def test_ping_has_no_body(own: Running) -> None:
    with own.http() as http:
        answer = http.get("/ping")
    assert (answer.status_code, answer.content) == (200, b"")


def test_metrics_are_prometheus(own: Running) -> None:
    with own.http() as http:
        answer = http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE a2f_stage_seconds histogram" in answer.text
    assert metric(own, "a2f_capacity") == metric(own, "a2f_max_streams") == 3


@pytest.mark.parametrize("stage", ["queue", "infer", "motion", "send"])
def test_an_utterance_is_observed_in_every_stage(own: Running, voice: bytes, stage: str) -> None:
    name = f'a2f_stage_seconds_count{{stage="{stage}"}}'
    before = metric(own, name)
    with own.talk() as talk:
        talk.expect("ready")
        talk.animate(pcm(voice))
    assert metric(own, name) > before


def test_a_file_is_observed_in_decoding(own: Running) -> None:
    name = 'a2f_stage_seconds_count{stage="decode"}'
    before = metric(own, name)
    with own.http() as http:
        assert http.post("/v1/animate", content=wav(buzz(1, 8000), 8000)).status_code == 200
    assert metric(own, name) == before + 1


def test_frames_and_seconds_are_counted(own: Running, voice: bytes) -> None:
    frames, seconds = metric(own, "a2f_frames_total"), metric(own, "a2f_audio_seconds_total")
    with own.talk() as talk:
        talk.expect("ready")
        made = len(talk.animate(pcm(voice)))
        until(lambda: own.service.engine.slots.taken == 0)
    assert metric(own, "a2f_frames_total") == frames + made
    assert metric(own, "a2f_audio_seconds_total") == pytest.approx(seconds + 4.06)
    assert metric(own, "a2f_first_frame_seconds_count") >= 1


def test_errors_are_counted_by_code(own: Running) -> None:
    with own.talk() as talk, own.http() as http:
        talk.expect("ready")
        talk.say("end")
        talk.error("bad_state")
        http.post("/v1/animate", content=b"")
    assert metric(own, 'a2f_errors_total{code="bad_state"}') >= 1
    assert metric(own, 'a2f_errors_total{code="bad_audio"}') >= 1


def test_without_a_key_anyone_gets_a_token(own: Running) -> None:
    with own.http() as http:
        assert http.post("/v1/token").json().keys() == {"token", "expires_in"}


@pytest.mark.parametrize(
    "accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "text/html, application/json"]
)
def test_a_browser_gets_the_page(server: Running, accept: str) -> None:
    with server.http() as http:
        answer = http.get("/", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert "Accept" in answer.headers["vary"], "a cache keeps the page and the status apart"


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/plain, */*"])
def test_a_program_gets_the_status(server: Running, accept: str) -> None:
    """Clients of other systems parse it; most HTTP libraries send */*."""
    with server.http() as http:
        answer = http.get("/", headers={"Accept": accept})
        health = http.get("/health").json()
    assert "Accept" in answer.headers["vary"]
    body = answer.json()
    assert body.pop("message") == "a2f-server is running."
    assert body.keys() == health.keys()
    assert body["processor_ready"] is True


CLIENT_FILES = [f"audio2face-client.{ending}" for ending in ("js", "min.js", "mjs", "cjs")]


@pytest.mark.parametrize("name", [name for name in CLIENT_FILES if not name.endswith(".cjs")])
def test_the_client_is_served(server: Running, name: str) -> None:
    with server.http() as http:
        answer = http.get(f"/{name}")
        assert "javascript" in answer.headers["content-type"]
        assert "Audio2FaceClient" in answer.text
        assert http.head(f"/{name}").status_code == 200


def test_the_voices_of_other_services_are_served(server: Running) -> None:
    with server.http() as http:
        assert 'from "audio2face-client"' in http.get("/sources.mjs").text


@pytest.mark.parametrize("name", ["", *CLIENT_FILES])
def test_a_cached_file_is_not_sent_again(server: Running, name: str) -> None:
    with server.http(headers={"Accept": "text/html"}) as http:
        first = http.get(f"/{name}")
        again = http.get(f"/{name}", headers={"If-None-Match": first.headers["etag"]})
        other = http.get(f"/{name}", headers={"If-None-Match": '"another"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "no-cache"
    assert (other.status_code, other.content) == (200, first.content)


def test_the_schema_lists_the_routes(server: Running) -> None:
    with server.http() as http:
        schema = http.get("/openapi.json").json()
    routes = {(method.upper(), path) for path, methods in schema["paths"].items() for method in methods}
    assert routes == {
        ("GET", "/health"),
        ("GET", "/ping"),
        ("GET", "/metrics"),
        ("GET", "/v1/expressions"),
        ("POST", "/v1/token"),
        ("POST", "/v1/animate"),
        ("POST", "/v1/speak"),
        ("GET", "/v1/voices"),
        ("POST", "/v1/azure-token"),
        ("POST", "/process"),
        ("POST", "/process-sync"),
        ("POST", "/process-audio/"),
        ("POST", "/api/v1/process-audio-stream"),
        ("POST", "/v1/portrait"),
        ("POST", "/v1/video"),
        ("POST", "/v1/webrtc"),
        ("DELETE", "/v1/webrtc/{call}"),
        ("POST", "/api/audio-driven/chunked/init"),
        ("POST", "/api/audio-driven/chunked/feed"),
        ("GET", "/api/audio-driven/chunked/status/{session_id}"),
        ("DELETE", "/api/audio-driven/chunked/session/{session_id}"),
        ("GET", "/hls/{key}/playlist.m3u8"),
        ("GET", "/hls/{key}/init.mp4"),
        ("GET", "/hls/{key}/{name}"),
        ("GET", "/api/hls/{key}/download"),
        ("DELETE", "/api/hls/session/{key}"),
    }
    animate = schema["paths"]["/v1/animate"]["post"]
    wanted = {"fps", "profile", "offset_name", "seed", "backend", "emotions", "channel"}
    assert {p["name"] for p in animate["parameters"]} == wanted
    assert set(animate["responses"]["200"]["content"]) >= {"text/csv", "application/x-ndjson", "text/event-stream"}
    assert schema["info"]["version"] == __version__


def test_unknown_paths_are_404(server: Running) -> None:
    with server.http() as http:
        assert http.get("/nothing").status_code == 404
        assert http.get("/v1/animate").status_code == 405
