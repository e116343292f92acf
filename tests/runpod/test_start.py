"""The start script in a clean environment, as a container runs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.runpod.conftest import ROOT
from tests.support.processes import Listened, free_port
from tests.support.running import Talk, pcm
from tests.support.spawning import environment
from tests.support.waiting import PATIENCE, until

START = ROOT / "runpod/start.sh"
KEY = {"Authorization": "Bearer a long key"}
MODEL = "nvidia/Audio2Face-3D-v2.3-Mark"

FAKE = """#!/bin/sh
# Replaces the real command, to simulate model downloads under the control of the test.
case "$1 $2" in
  "models check") [ "$3" = --no-measure ] && exec test -f "$4/model.json" ;;
  "models pull")
    echo "pulls $*" >> "$PULLS"
    until [ -e "$PULLS.go" ]; do sleep 0.02; done
    [ "$(cat "$PULLS.go")" = "" ] || { cat "$PULLS.go" >&2; exit 1; }
    mkdir -p "$5" && touch "$5/model.json" ;;
  *) echo "model $A2F_MODEL_DIR" >&2; unset A2F_MODEL_DIR; exec "$REAL" "$@" ;;
esac
"""


class Started(Listened):
    """A running start script."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        super().__init__(process, process.stderr)
        self.port = port

    def get(self, path: str, **options: object) -> int:
        """Returns the HTTP status, or 0 without an answer."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", verify=False, **options).status_code  # type: ignore[arg-type]
        except httpx.TransportError:
            return 0

    def until(self, status: int) -> None:
        """Waits until /ping returns this status."""
        until(lambda: self.get("/ping") == status or self.process.poll() is not None)
        assert self.get("/ping") == status, self.log


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    (tmp_path / "volume").mkdir()
    return tmp_path / "volume"


class Container:
    """A simulated container: an environment, a volume, a home."""

    def __init__(self, clean: Path, volume: Path) -> None:
        self.clean, self.volume, self.home = clean, volume, volume.parent / "home"
        self.fake = volume.parent / "fake"
        self.pulls = volume.parent / "pulls"

    def environment(self, port: int, **more: str) -> dict[str, str]:
        path = os.pathsep.join([str(self.fake), str(self.clean), os.environ["PATH"]])
        own = {"PATH": path, "HOME": str(self.home), "REAL": str(self.clean / "a2f-server"), "PULLS": str(self.pulls)}
        named = {"PORT": str(port), "A2F_VOLUME": str(self.volume), "A2F_API_KEY": "a long key", "A2F_BACKEND": "mock"}
        named["A2F_TTS"] = "none"
        return environment(**{name: value for name, value in {**own, **named, **more}.items() if value})

    def replace_command(self) -> None:
        """Replaces the real command by FAKE."""
        self.fake.mkdir()
        (self.fake / "a2f-server").write_text(FAKE)
        (self.fake / "a2f-server").chmod(0o755)

    def release(self, trouble: str = "") -> None:
        """Lets downloads finish, or fail with this message."""
        (self.pulls.with_name("pulls.go")).write_text(trouble)

    @contextmanager
    def start(self, *arguments: str, port: int | None = None, **settings: str) -> Iterator[Started]:
        port = port or free_port()
        env = self.environment(port, **settings)
        line = ["sh", str(START), *arguments]
        process = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True)
        started = Started(process, port)
        try:
            yield started
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # including its children, as when a container ends
            started.killed()

    def run(self, *arguments: str, port: int | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs the script until it ends."""
        env = self.environment(port or free_port(), **settings)
        line = ["sh", str(START), *arguments]
        return subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, env=env, check=False)


@pytest.fixture
def container(clean: Path, volume: Path) -> Container:
    return Container(clean, volume)


def test_it_serves_on_the_port_that_runpod_names(container: Container, voice: bytes) -> None:
    with container.start(A2F_BACKEND="", A2F_PORT="1") as started:
        started.until(200)
        url = f"http://127.0.0.1:{started.port}/v1/animate"
        assert httpx.post(url, content=voice, verify=False).status_code == 401
        answer = httpx.post(url, content=voice, headers=KEY, verify=False)
        assert len(answer.json()["weights"]) == 122
        assert httpx.get(f"http://127.0.0.1:{started.port}/health", verify=False).json()["backend"] == "builtin"
        assert container.run("health", port=started.port).returncode == 0
        started.process.send_signal(signal.SIGTERM)
        assert started.ended() == -signal.SIGTERM, "uvicorn passes the signal on, once it has drained"
        assert container.run("health", port=started.port).returncode == 1
    assert (container.volume / "a2f/models").is_dir()
    assert "a long key" not in started.log


def test_without_port_it_uses_the_servers_setting(container: Container) -> None:
    port = free_port()
    with container.start("serve", port=port, PORT="", A2F_PORT=str(port)) as started:
        started.until(200)


def test_a_stopped_container_finishes_its_utterances(container: Container, voice: bytes) -> None:
    with container.start() as started:
        started.until(200)
        url = f"ws://127.0.0.1:{started.port}/ws"
        with connect(url, additional_headers=KEY, subprotocols=["a2f.v1"], compression=None) as socket:  # type: ignore[list-item]
            talk = Talk(socket)
            talk.expect("ready")
            talk.start()
            talk.send(pcm(voice)[:16000])
            talk.expect("started")
            started.process.send_signal(signal.SIGTERM)
            until(lambda: started.get("/ping") != 200)
            talk.send(pcm(voice)[16000:])
            talk.say("end")
            assert len(talk.frames()) == 122
        assert started.ended() == -signal.SIGTERM, "uvicorn passes the signal on, once it has drained"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"A2F_API_KEY": ""}, "A2F_API_KEY"),
        ({"A2F_API_KEY": "{{ RUNPOD_SECRET_a2f_api_key }}"}, "Secrets"),
        ({"PORT": "http"}, "PORT=http is not a number"),
        ({"A2F_VOLUME": "/nowhere/at/all"}, "/nowhere/at/all"),
        ({"A2F_MODEL": MODEL}, "A2F_ACCEPT_LICENCE"),
        ({"A2F_MODEL": "Audio2Face"}, "write it as nvidia/"),
        ({"A2F_MODEL": "nvidia/../../etc"}, "write it as nvidia/"),
        ({"A2F_MODEL": "nvidia/$(reboot)"}, "write it as nvidia/"),
        ({"A2F_FPS": "1000"}, "A2F_FPS"),
    ],
)
def test_a_wrong_setting_gets_an_actionable_message(container: Container, settings: dict[str, str], says: str) -> None:
    ended = container.run(**settings)
    assert ended.returncode == 2, ended.stderr
    assert says in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("settings", "says"), [({"A2F_FPS": "1000"}, "fps: "), ({"A2F_BACKEND": "nothing"}, "no backend 'nothing'")]
)
def test_the_queue_worker_reports_a_wrong_setting(container: Container, settings: dict[str, str], says: str) -> None:
    ended = container.run("queue", A2F_API_KEY="", **settings)
    assert ended.returncode == 1
    assert f"a2f-server: {says}" in ended.stderr.replace("there is ", "")
    assert "Traceback" not in ended.stderr


def test_an_unknown_mode_gets_an_actionable_message(container: Container) -> None:
    assert "say serve, queue or health" in container.run("sing").stderr


def test_a_model_is_downloaded_once_and_ping_returns_204_meanwhile(container: Container) -> None:
    container.replace_command()
    settings = {"A2F_MODEL": MODEL, "A2F_ACCEPT_LICENCE": "1"}
    with container.start(**settings) as started:
        started.until(204)
        assert started.get("/health") == 204
        assert started.get("/v1/animate") == 503
        with pytest.raises(InvalidStatus), connect(f"ws://127.0.0.1:{started.port}/ws"):
            pass
        container.release()
        started.until(200)
        folder = container.volume / "a2f/models/Audio2Face-3D-v2.3-Mark"
        assert f"model {folder}\n" in started.log
    (folder / "model.json").unlink()  # it is not read again
    with container.start(A2F_MODEL=MODEL) as again:  # its licence was accepted when it was downloaded
        again.until(200)
    assert container.pulls.read_text() == f"pulls models pull {MODEL} --to {folder} --accept-licence\n"


def test_an_existing_model_is_not_downloaded(container: Container) -> None:
    container.replace_command()
    folder = container.volume / "a2f/models/Audio2Face-3D-v2.3-Mark"
    folder.mkdir(parents=True)
    (folder / "model.json").touch()
    with container.start(A2F_MODEL=MODEL) as started:
        started.until(200)
        assert f"the model is there: {folder}\n" in started.log
    assert not container.pulls.exists()


def test_a_model_on_a_read_only_volume_is_used(container: Container) -> None:
    container.replace_command()
    folder = container.volume / "a2f/models/Audio2Face-3D-v2.3-Mark"
    folder.mkdir(parents=True)
    (folder / "model.json").touch()
    (container.fake / "mkdir").write_text(
        '#!/bin/sh\ncase "$2" in "$A2F_VOLUME"*) exit 1 ;; esac\nexec /bin/mkdir "$@"\n'
    )
    (container.fake / "mkdir").chmod(0o755)
    with container.start(A2F_MODEL=MODEL) as started:
        started.until(200)
        assert f"may not write to {container.volume}" in started.log
        assert f"the model is there: {folder}\n" in started.log
        assert f"model {folder}\n" in started.log
    assert not container.pulls.exists()


def test_a_port_in_use_during_the_download_is_reported_by_the_server(container: Container) -> None:
    container.replace_command()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with container.start(A2F_MODEL=MODEL, A2F_ACCEPT_LICENCE="1", port=port) as started:
            until(lambda: "initialising: " in started.log)
            container.release()
            assert started.ended() > 0
    assert f"serving on port {port}\n" in started.log
    assert f"port {port} is taken" in started.log.splitlines()[-1]
    assert "Traceback" not in started.log


def test_workers_that_start_together_download_once(container: Container) -> None:
    container.replace_command()
    settings = {"A2F_MODEL": MODEL, "A2F_ACCEPT_LICENCE": "1"}
    with container.start(**settings) as one, container.start(**settings) as other:
        one.until(204)
        other.until(204)
        container.release()
        one.until(200)
        other.until(200)
    assert len(container.pulls.read_text().splitlines()) == 1


def test_a_failed_download_gets_a_message(container: Container) -> None:
    container.replace_command()
    container.release("no such model")
    ended = container.run(A2F_MODEL=MODEL, A2F_ACCEPT_LICENCE="1")
    assert ended.returncode == 2
    assert "no such model" in ended.stderr
    assert f"{MODEL} could not be downloaded" in ended.stderr


def test_a_container_can_be_stopped_while_it_downloads(container: Container) -> None:
    container.replace_command()
    with container.start(A2F_MODEL=MODEL, A2F_ACCEPT_LICENCE="1") as started:
        started.until(204)
        until(container.pulls.exists)
        started.process.send_signal(signal.SIGTERM)
        assert started.ended() == 128 + signal.SIGTERM
        until(lambda: started.get("/ping") == 0)


def test_a_read_only_volume_is_reported_and_not_used(container: Container) -> None:
    (container.volume / "a2f").write_text("in the way")
    with container.start() as started:
        started.until(200)
        assert f"may not write to {container.volume}" in started.log
    assert (container.home / "a2f/models").is_dir()


def test_without_a_home_it_uses_the_temporary_folder(container: Container) -> None:
    (container.volume / "a2f").write_text("in the way")
    with container.start(HOME="/proc/none", TMPDIR=str(container.home)) as started:
        started.until(200)
    assert (container.home / "a2f/models").is_dir()


def test_behind_runpods_balancer_any_host_name_is_accepted_without_a_key(container: Container) -> None:
    with container.start(A2F_API_KEY="", A2F_INSECURE="1", RUNPOD_ENDPOINT_ID="xyz") as started:
        started.until(200)
        assert started.get("/metrics", headers={"Host": "worker-7.example"}) == 200


def test_the_server_does_not_get_the_keys_of_others(container: Container) -> None:
    with container.start(HF_TOKEN="swordfish-4711", RUNPOD_API_KEY="swordfish-4711", RUNPOD_POD_ID="abc123") as started:
        started.until(200)
        assert "a2f-server" in Path(f"/proc/{started.process.pid}/cmdline").read_text(), "exec replaced the shell"
        assert "swordfish" not in Path(f"/proc/{started.process.pid}/environ").read_text()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"RUNPOD_POD_ID": "abc123"}, "https://abc123-{port}.proxy.runpod.net"),
        ({"RUNPOD_POD_ID": "abc123", "RUNPOD_ENDPOINT_ID": "xyz"}, "https://xyz.api.runpod.ai"),
    ],
)
def test_pages_from_runpods_address_are_allowed(container: Container, given: dict[str, str], address: str) -> None:
    with container.start(A2F_ALLOWED_ORIGINS="https://your.app", **given) as started:
        started.until(200)
        own = address.format(port=started.port)
        assert own in started.log
        statuses = {
            origin: started.get("/v1/voices", headers={**KEY, "Origin": origin})
            for origin in (own, "https://your.app", "https://else.where")
        }
    assert statuses == {own: 501, "https://your.app": 501, "https://else.where": 403}, "501: it has no voice"
