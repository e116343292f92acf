"""The Ray Serve application: the same frames as without Ray, and autoscaling by open utterances."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.processes import free_port
from tests.support.running import Running, Talk, occupy
from tests.support.sounds import buzz, s16
from tests.support.spawning import ROOT, environment
from tests.support.waiting import PATIENCE, until

if find_spec("ray") is None:
    pytest.skip("Ray is missing: pip install '.[ray]'", allow_module_level=True)
with warnings.catch_warnings():  # warnings of Ray itself
    warnings.simplefilter("ignore")
    from a2f_server import ray_app

SLOTS = 4
LONGEST_S = 400.0
"""Seconds after which a cluster is killed, so a test never waits forever for a line."""
SOUND = s16(buzz(1, 16000))


class Cluster:
    """Ray with our application, in a separate process (cluster.py)."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def replicas(self) -> dict[str, int]:
        """Returns the number of replicas by state."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.line())

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        address = f"ws://127.0.0.1:{self.port}/ws"
        with connect(address, proxy=None, open_timeout=PATIENCE, close_timeout=2, subprotocols=["a2f.v1"]) as it:
            yield Talk(it)


def haproxy(folder: Path) -> dict[str, str]:
    """Returns the environment for Ray's HAProxy, with separate files and ports, and without waiting for outer load
    balancers."""
    paths = {"CONFIG_FILE_LOC": "haproxy.cfg", "SOCKET_PATH": "admin.sock", "SERVER_STATE_FILE": "state"}
    return {
        "RAY_SERVE_ENABLE_HA_PROXY": "1",
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "1",
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(folder),
        "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0",
        **{f"RAY_SERVE_HAPROXY_{name}": str(folder / path) for name, path in paths.items()},
        "RAY_SERVE_HAPROXY_STATS_PORT": str(free_port()),
    }


@contextmanager
def run_cluster(proxy: str, **options: float) -> Iterator[Cluster]:
    folder = tempfile.mkdtemp(prefix="a2f-ray-", dir="/tmp")  # paths of Ray's sockets must be short
    port = free_port()
    settings = {
        "A2F_BACKEND": "mock",
        "A2F_TTS": "none",
        "A2F_MAX_STREAMS": str(SLOTS),
        "HOME": folder,  # Ray writes a token there
        "PYTHONPATH": str(ROOT),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_SERVE_REPLICA_AUTOSCALING_METRIC_PUSH_INTERVAL_S": "0.5",
        **(haproxy(Path(folder)) if proxy == "haproxy" else {}),
    }
    line = [sys.executable, "-m", "tests.deploy.cluster", str(port), folder, json.dumps(options)]
    with (Path(folder) / "log").open("w") as log:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": log, "text": True}
        process = subprocess.Popen(line, env=environment(**settings), cwd=ROOT, **pipes)  # type: ignore[call-overload]
        hanging = threading.Timer(LONGEST_S, process.kill)
        hanging.start()
        try:
            cluster = Cluster(process, port)
            assert cluster.line() == "ready\n", (Path(folder) / "log").read_text()
            yield cluster
        finally:
            process.communicate()  # waits until it ends or is killed by the timer
            hanging.cancel()
            shutil.rmtree(folder, ignore_errors=True)  # Ray's last processes may still write there


def begin(talk: Talk) -> Talk:
    talk.expect("ready")
    occupy(talk, SOUND[:2])
    return talk


def finish(talk: Talk) -> np.ndarray:
    talk.send(SOUND[2:])
    talk.say("end")
    return talk.frames()


def open_utterance(cluster: Cluster, stack: ExitStack) -> Talk | None:
    """Opens an utterance; returns None if the replica has no free slot."""
    talk = stack.enter_context(cluster.talk())
    talk.expect("ready")
    talk.start()
    message = talk.hear()
    assert isinstance(message, dict)
    assert message.get("code", message["type"]) in {"started", "busy"}
    if message["type"] != "started":
        return None
    talk.send(SOUND[:2])
    return talk


@pytest.fixture(scope="module")
def expected(server: Running) -> np.ndarray:
    """The frames of a server without Ray."""
    with server.talk() as talk:
        talk.expect("ready")
        return talk.animate(SOUND)


def test_frames_are_the_same_behind_rays_own_proxy(expected: np.ndarray) -> None:
    with run_cluster("ray") as cluster, cluster.talk() as talk:
        talk.expect("ready")
        for step in (1 << 18, 640):
            assert np.array_equal(talk.animate(SOUND, step=step), expected)


def test_replicas_are_added_under_load_and_finish_their_utterances_before_removal(expected: np.ndarray) -> None:
    with run_cluster("haproxy", max_replicas=2, look_back_s=10.5, downscale_delay_s=0) as cluster, ExitStack() as stack:
        seconds: list[Talk | None] = []
        first = [begin(stack.enter_context(cluster.talk())) for _ in range(SLOTS)]
        assert open_utterance(cluster, stack) is None, "beyond its capacity a replica answers busy"

        until(lambda: cluster.replicas().get("RUNNING") == 2, patience=60)
        until(lambda: seconds.append(open_utterance(cluster, stack)) or seconds[-1])
        second = seconds[-1]
        assert second

        for talk in first[1:]:
            assert np.array_equal(finish(talk), expected)
        until(lambda: cluster.replicas().get("STOPPING") == 1, patience=60)
        assert np.array_equal(finish(first[0]), expected)
        assert np.array_equal(finish(second), expected)
        until(lambda: cluster.replicas() == {"RUNNING": 1}, patience=60)
        assert sorted({was_closed(first[0]), was_closed(second)}) == [False, True]
        with cluster.talk() as talk:
            begin(talk)
            assert np.array_equal(finish(talk), expected)


def was_closed(talk: Talk) -> bool:
    """Returns whether this connection was closed as `busy`; otherwise it still answers."""
    with suppress(ConnectionClosed):
        talk.say("ping", id=1)
    message = talk.hear()
    assert isinstance(message, dict)
    if message["type"] == "pong":
        return False
    assert (message["code"], message["fatal"]) == ("busy", True)
    assert talk.closed() == 1013
    return True


@pytest.fixture
def without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica without Ray that is never removed."""

    async def stays() -> bool:
        return False

    monkeypatch.setattr(ray_app, "_is_stopping", stays)
    for name, value in {"A2F_BACKEND": "mock", "A2F_TTS": "none", "A2F_MAX_STREAMS": "4"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.anyio
@pytest.mark.usefixtures("without_ray")
async def test_a_replica_reports_load_and_health() -> None:
    replica = ray_app.Replica(ray_app.ReplicaOptions())
    engine = replica.__serve_build_asgi_app__().state.service.engine
    assert replica.record_autoscaling_stats() == {ray_app.LOAD: 0}
    slots = [engine.slots.reserve() for _ in range(3)]
    assert replica.record_autoscaling_stats() == {ray_app.LOAD: 0.75}
    engine.slots.limit(3)
    assert replica.record_autoscaling_stats() == {ray_app.LOAD: 1}
    for slot in slots:
        slot.close()
    replica.check_health()
    engine.runner.healthy = False
    with pytest.raises(RuntimeError, match="hangs"):
        replica.check_health()
    engine.runner.stop()


def test_a_replica_with_a_gpu_requires_it_unless_configured_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2F_DEVICE", raising=False)
    assert ray_app.settings_of(ray_app.ReplicaOptions(num_gpus=1, drain_s=7)).device == "cuda"
    assert ray_app.settings_of(ray_app.ReplicaOptions(drain_s=7)).drain_s == 7
    assert ray_app.settings_of(ray_app.ReplicaOptions()).device == "auto"
    monkeypatch.setenv("A2F_DEVICE", "cpu")
    assert ray_app.settings_of(ray_app.ReplicaOptions(num_gpus=1)).device == "cpu"


def test_the_number_of_replicas_follows_the_load() -> None:
    policy = ray_app.ByLoad(0.7)
    for loads, wanted in (({}, 0), ({"a": 0.7}, 1), ({"a": 1.0, "b": 0.4}, 2), ({"a": 1.0, "b": 1.0}, 2.857)):
        context = SimpleNamespace(aggregated_metrics={ray_app.LOAD: loads})
        assert policy(context) == (pytest.approx(wanted, abs=1e-3), {})  # type: ignore[arg-type]
    assert policy(SimpleNamespace(aggregated_metrics=None)) == (0, {})  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"gpus": 1}, {"min_replicas": 0}, {"target_load": 1.5}, {"look_back_s": 5}])
def test_invalid_options_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ray_app.ReplicaOptions(**wrong)  # type: ignore[arg-type]
