"""The worker with RunPod's SDK: on the SDK's test server, and on a simulated RunPod."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from a2f_server.backends.builtin.backend import BuiltinBackend
from tests.runpod.conftest import ROOT
from tests.support.processes import free_port
from tests.support.running import run_server
from tests.support.spawning import environment
from tests.support.waiting import PATIENCE, until


def packed(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


@pytest.fixture(scope="module")
def expected(voice: bytes) -> Iterator[Any]:
    """Returns the response of POST /v1/animate for the voice and some options."""
    with run_server(BuiltinBackend()) as running, running.http() as http:
        yield lambda **options: http.post("/v1/animate", params=options, content=voice).json()


@contextmanager
def worker(clean: Path, folder: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Runs `start.sh queue` as the image does."""
    env = environment(PATH=f"{clean}{os.pathsep}{os.environ['PATH']}", HOME=str(folder), A2F_VOLUME=str(folder), **more)
    line = ["sh", str(ROOT / "runpod/start.sh"), "queue", *arguments]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(line, stdout=log, stderr=log, text=True, env=env) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def sdk(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the SDK's test server."""
    port, folder = free_port(), tmp_path_factory.mktemp("worker")
    url = f"http://127.0.0.1:{port}"
    arguments = ("--rp_serve_api", "--rp_api_host", "127.0.0.1", "--rp_api_port", str(port))
    with (
        worker(clean, folder, *arguments) as process,
        httpx.Client(base_url=url, timeout=PATIENCE, verify=False) as http,
    ):
        until(lambda: "running on" in (folder / "log").read_text() or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield http


def rows(chunks: list[dict[str, Any]]) -> list[list[float]]:
    assert (chunks[0]["type"], chunks[-1]["type"]) == ("start", "end")
    return [row for chunk in chunks[1:-1] for row in chunk["weights"]]


def test_runsync_answers_with_all_chunks(sdk: httpx.Client, voice: bytes, expected: Any) -> None:
    answer = sdk.post("/runsync", json={"input": {"audio": packed(voice)}}).json()
    assert answer["status"] == "COMPLETED"
    assert answer["output"][0]["blendshapes"] == expected()["blendshapes"]
    assert rows(answer["output"]) == expected()["weights"]


def test_stream_returns_chunks_one_by_one(sdk: httpx.Client, voice: bytes, expected: Any) -> None:
    job = sdk.post("/run", json={"input": {"audio": packed(voice), "fps": 60, "seed": 5}}).json()["id"]
    answer = sdk.post(f"/stream/{job}").json()
    assert answer["status"] == "COMPLETED"
    assert rows([part["output"] for part in answer["stream"]]) == expected(fps=60, seed=5)["weights"]


def test_status_returns_all_chunks(sdk: httpx.Client, voice: bytes, expected: Any) -> None:
    job = sdk.post("/run", json={"input": {"audio": packed(voice), "profile": "raw"}}).json()["id"]
    assert rows(sdk.post(f"/status/{job}").json()["output"]) == expected(profile="raw")["weights"]


@pytest.mark.parametrize(
    ("audio", "code"), [("not base64!", "bad_message"), (packed(b"no sound" * 99), "unsupported_audio")]
)
def test_errors_are_typed(sdk: httpx.Client, audio: str, code: str) -> None:
    output = sdk.post("/runsync", json={"input": {"audio": audio}}).json()["output"]
    assert json.loads(output[0]["error"])["code"] == code


class RunPod:
    """Simulates RunPod: gives jobs to a worker and keeps its output."""

    def __init__(self, jobs: list[dict[str, Any]]) -> None:
        self.jobs, self.over = jobs, threading.Event()
        self.chunks: dict[str, list[dict[str, Any]]] = {job["id"]: [] for job in jobs}
        self.done: dict[str, dict[str, Any]] = {}

    def take(self) -> list[dict[str, Any]]:
        taken, self.jobs = self.jobs, []
        if not taken:
            self.over.wait(1)  # like the real one, it waits until there is a job
        return taken

    def keep(self, path: str, body: dict[str, Any]) -> None:
        kind, job = path.strip("/").split("/")
        if kind == "stream":
            self.chunks[job].append(body["output"])
        else:
            self.done[job] = body

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serves the API; yields its address."""
        runpod = self

        class Api(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                jobs = runpod.take() if "job-take" in self.path else runpod.over.wait(1) and None
                body = json.dumps(jobs).encode() if jobs else b""
                self.send_response(200 if jobs else 204)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                runpod.keep(urlsplit(self.path).path, json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                self.over.set()
                server.shutdown()
                thread.join()


def test_on_runpod_chunks_are_streamed_and_errors_fail_the_job(
    clean: Path, tmp_path: Path, voice: bytes, expected: Any
) -> None:
    runpod = RunPod(
        [
            {"id": "good", "input": {"audio": packed(voice)}},
            {"id": "bad", "input": {"audio": "not base64!"}},
            {"id": "other", "input": {"audio": packed(voice), "fps": 25}},
        ]
    )
    with runpod.serve() as url:
        settings = {
            "RUNPOD_WEBHOOK_GET_JOB": f"{url}/job-take/$ID?gpu=none",
            "RUNPOD_WEBHOOK_POST_STREAM": f"{url}/stream/$ID?worker=$RUNPOD_POD_ID",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{url}/done/$ID?worker=$RUNPOD_POD_ID",
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",  # they need the internet and a GPU
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }
        with worker(clean, tmp_path, **settings) as process:
            until(lambda: len(runpod.done) == 3 or process.poll() is not None)
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
        log = (tmp_path / "log").read_text()
    assert set(runpod.done) == {"good", "bad", "other"}, log
    assert rows(runpod.chunks["good"]) == expected()["weights"]
    assert rows(runpod.chunks["other"]) == expected(fps=25)["weights"]
    assert runpod.done["good"]["output"] == runpod.chunks["good"], "/status has them, too"
    assert json.loads(runpod.done["bad"]["error"])["code"] == "bad_message"
    assert "eyeBlinkLeft" not in log, "chunks are not logged"
