"""Several workers are one server: the same frames, limits that hold for all of them together, and one that dies."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

import numpy as np
import pytest

from a2f_server.backends import selector
from a2f_server.errors import Busy
from a2f_server.settings import Settings
from tests.support.running import Talk, occupy, run_server
from tests.support.sounds import buzz, s16, wav
from tests.support.spawning import command, spawn_server
from tests.support.waiting import until
from tests.workers.serving import Group, run_group

SOUND = s16(buzz(1, 16000))


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    """Two workers that share a model."""
    with run_group("--backend", "builtin", A2F_SHARED_MODEL="true") as running:
        yield running


def frames(talk: Talk, sound: bytes = SOUND, **options: object) -> np.ndarray:
    return talk.animate(sound, step=5000, **options)


def test_all_workers_make_the_frames_of_one_process(group: Group) -> None:
    with run_server(selector.load(Settings(backend="builtin"))) as alone, alone.talk() as talk:
        talk.expect("ready")
        expected = frames(talk)
    with group.talks() as talks, ThreadPoolExecutor(2) as pool:
        for made in pool.map(frames, talks.values()):
            np.testing.assert_array_equal(made, expected)


def test_health_and_metrics_are_those_of_the_server(group: Group) -> None:
    before = group.metrics()
    with group.talks() as talks:
        for talk in talks.values():
            occupy(talk)
        health, metrics = group.health(), group.metrics()
        assert (health["workers"], health["active_sessions"], health["status"]) == (2, 2, "healthy")
        assert health["connections"] == metrics["a2f_connections"] >= 2
        assert (metrics["a2f_workers"], metrics["a2f_utterances"]) == (2, 2)
        assert metrics["a2f_capacity"] == health["capacity"]
        assert metrics["process_resident_memory_bytes"] > 0
        for talk in talks.values():
            talk.say("end")
            talk.expect("end")
            frames(talk)
    after = group.metrics()
    assert after["a2f_frames_total"] - before["a2f_frames_total"] == 2 * 31
    assert not [name for name in after if "pid=" in name], "metrics are those of the server"


def test_video_is_reached_through_every_worker(group: Group) -> None:
    with group.http() as http:
        answers = [http.get("/hls/unknown/playlist.m3u8") for _ in range(8)]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.json()["code"] for answer in answers} == {"not_found"}
        upload = {"file": ("sound.wav", wav(buzz(1, 16000), 16000))}
        refused = [http.post("/v1/portrait", files=upload) for _ in range(8)]
        assert {answer.json()["code"] for answer in refused} == {"bad_picture"} or {
            answer.status_code for answer in refused
        } == {415}


def test_an_older_client_fetches_its_animation_from_any_worker(group: Group) -> None:
    with group.http() as http:
        for _ in range(6):
            upload = {"audio": ("sound.wav", wav(buzz(0.5, 16000), 16000))}
            session = http.post("/process", files=upload).json()["session_id"]
            with group.talk(f"/ws/{session}") as talk:
                talk.say("", action="start")
                assert talk.expect("frame")["data"]["frame"] == 0


def test_a_dead_worker_is_replaced_and_the_others_go_on(group: Group) -> None:
    with group.talks() as talks:
        before = [frames(talk) for talk in talks.values()] and group.metrics()
        for talk in talks.values():
            occupy(talk)
        group.kill("worker 1")
        assert talks[1].closed() == 1006
        talks[0].send(SOUND)
        talks[0].say("end")
        assert len(talks[0].frames()) == 31
    until(lambda: group.health()["workers"] == 2)
    until(lambda: group.health()["active_sessions"] == 0)
    with group.talks() as talks:
        assert all(len(frames(talk)) == 30 for talk in talks.values())
    after = group.metrics()
    assert after["process_cpu_seconds_total"] >= before["process_cpu_seconds_total"]
    assert after["a2f_connections"] <= 1
    assert after["a2f_frames_total"] >= before["a2f_frames_total"] + 90, "counters never go back"


def test_a_dead_model_is_an_error_and_then_replaced(group: Group) -> None:
    with group.talks() as talks:
        for talk in talks.values():
            occupy(talk, SOUND)
        group.kill("model")
        for talk in talks.values():
            talk.send(SOUND)
            assert "starting again" in talk.error("backend_failed")["message"]
    until(lambda: group.health()["status"] == "healthy")
    with group.talks() as talks:
        assert all(len(frames(talk)) == 30 for talk in talks.values())


def test_slots_are_those_of_all_workers() -> None:
    with run_group(A2F_MAX_STREAMS="3") as group, ExitStack() as stack:
        talks = list(stack.enter_context(group.talks()).values())
        talks += [stack.enter_context(group.talk()) for _ in range(6)]
        for talk in talks[2:]:
            talk.expect("ready")
        for talk in talks[:3]:
            occupy(talk)
        for talk in talks[3:]:
            talk.start()
            assert talk.error("busy")["message"] == "all 3 streams of this server are in use; try again in a moment"
        with group.http() as http:
            assert {http.get("/ping").status_code for _ in range(8)} == {503}
        talks[0].say("end")
        talks[0].expect("end")
        occupy(talks[3])


def test_limits_of_subjects_and_tokens_hold_on_all_workers() -> None:
    limits = {"A2F_SUBJECT_STREAMS": "1", "A2F_SUBJECT_CONNECTIONS": "4", "A2F_MAX_CONNECTIONS": "6"}
    with run_group(A2F_API_KEY="long enough", **limits) as group, ExitStack() as stack:
        with group.http(headers={"Authorization": "Bearer long enough"}) as http:
            token = http.post("/v1/token", json={"subject": "anna"}).json()["token"]
            other = http.post("/v1/token", json={"subject": "ben"}).json()["token"]
        talks: list[Talk] = []
        for _ in range(4):
            talks.append(stack.enter_context(_with_token(group, token)))
            talks[-1].expect("ready")
        occupy(talks[0])
        for talk in talks[1:]:
            talk.start()
            assert talk.error("busy")["reason"] == "queue"
        for _ in range(3):
            with _with_token(group, token) as refused:
                assert refused.error("busy")["reason"] == "connections"
        for _ in range(2):
            stack.enter_context(_with_token(group, other)).expect("ready")
        for _ in range(3):
            with _with_token(group, other) as refused:
                assert "this server has too many open connections" in refused.error("busy")["message"]


def _with_token(group: Group, token: str) -> AbstractContextManager[Talk]:
    return group.talk(f"/ws?token={token}")


def test_a_token_of_a_server_without_keys_is_valid_on_all_workers() -> None:
    with run_group() as group:
        with group.http() as http:
            token = http.post("/v1/token", json={"subject": "anna"}).json()["token"]
        for _ in range(6):
            with _with_token(group, token) as talk:
                talk.expect("ready")


def test_sigterm_drains_all_workers() -> None:
    with run_group() as group, group.talks() as talks:
        for talk in talks.values():
            occupy(talk)
        group.spawned.terminate()
        until(lambda: group.spawned.log.count("draining ") == 2)
        for talk in talks.values():
            talk.send(SOUND)
            talk.say("end")
            assert len(talk.frames()) == 31
            assert talk.error("busy")["reason"] == Busy.shutting_down().reason
        assert group.spawned.ended() == -signal.SIGTERM
        assert group.spawned.log.count("stopped ") == 2


def test_the_workers_end_with_their_supervisor() -> None:
    with run_group() as group, group.talks() as talks:
        folder = group.folder
        group.spawned.process.kill()
        for talk in talks.values():
            talk.error("busy")
            assert talk.closed() == 1013
        until(lambda: not folder.exists())


def test_a_taken_port_is_an_error() -> None:
    with run_group() as group:
        again = command("serve", "--workers", "2", "--backend", "mock", "--port", str(group.port))
        assert again.returncode == 3
        assert f"port {group.port} is taken by another program" in again.stderr


@pytest.mark.parametrize("shared", ["true", "false"])
def test_settings_that_cannot_work_are_said_once(shared: str) -> None:
    failed = command("serve", "--workers", "3", "--port", "0", "--backend", "none", A2F_SHARED_MODEL=shared)
    assert failed.returncode == 2
    assert len(re.findall("there is no backend 'none'", failed.stderr)) == 1


def test_a_signal_to_all_processes_lets_utterances_finish() -> None:
    with run_group("--backend", "builtin", A2F_SHARED_MODEL="true") as group, group.talks() as talks:
        for talk in talks.values():
            occupy(talk)
        for name in ("model", "worker 0", "worker 1"):
            os.kill(group.process(name), signal.SIGTERM)
        group.spawned.terminate()
        until(lambda: group.spawned.log.count("draining ") == 2)
        for talk in talks.values():
            talk.send(SOUND)
            talk.say("end")
            assert len(talk.frames()) == 31
        assert group.spawned.ended() == -signal.SIGTERM


def test_a_worker_that_is_killed_at_the_start_is_named() -> None:
    with spawn_server("--workers", "2") as spawned:
        until(lambda: "a process was started" in spawned.log)
        os.kill(int(re.findall(r"pid=(\d+)", spawned.log)[0]), signal.SIGKILL)
        assert spawned.ended() == 2
        assert re.search(r"killed before it was ready .*process='worker 0'", spawned.log)
