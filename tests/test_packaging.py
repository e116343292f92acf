"""The wheel contains the page and serves it; the pinned versions are consistent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.sounds import buzz, wav

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(out),
        str(ROOT),
    ]
    subprocess.run(command, check=True)
    return next(out.glob("*.whl"))


def test_the_wheel_has_the_page_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in (
        "a2f_client/__init__.py",
        "a2f_client/py.typed",
        "chunked_streaming_client/__init__.py",
        "chunked_streaming_client/py.typed",
        "a2f_server/web/index.html",
        "a2f_server/web/audio2face-client.js",
        "a2f_server/web/dist/audio2face-client.mjs",
        "a2f_server/web/dist/audio2face-client.min.js",
        "a2f_server/web/network/network.bin",
        "a2f_server/web/page/avatar/built_in_head.js",
        "a2f_server/web/avatar/head.glb",
        "a2f_server/web/vendor/three/three.module.min.js",
        "a2f_server/web/vendor/three/LICENSE",
        "a2f_server/motion/profiles.toml",
        "a2f_server/backends/builtin/builtin.onnx",
        "a2f_server/portrait/template.npz",
        "a2f_server/portrait/sample.jpg",
        "a2f_server/portrait/networks/face_landmarks.onnx",
        "a2f_server/portrait/networks/NOTICE",
    ):
        assert needed in names
    assert not [n for n in names if "test" in n or "node_modules" in n]
    assert wheel.stat().st_size < 16 << 20


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Iterator[str]:
    """Runs a server from the wheel alone; yields its address."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path), str(wheel)]
    subprocess.run(command, check=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith("A2F_")}
    env |= {"PYTHONPATH": str(tmp_path), "A2F_PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", "a2f_server", "serve"], env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        line = next(line for line in process.stderr if "page=" in line)
        yield re.search(r"page=(\S+)", line)[1]  # type: ignore[index]
        process.terminate()


def test_the_wheel_serves_its_page(installed: str) -> None:
    with httpx.Client(base_url=installed) as http:
        assert "<title>" in http.get("/", headers={"Accept": "text/html"}).text
        health = http.get("/health").json()
        assert (health["backend"], health["mode"]) == ("builtin", "real"), "the choice of `auto`"
        sound = wav(buzz(1, 16000), 16000)
        assert len(http.post("/v1/animate", content=sound).json()["weights"]) == 30
        for path in (
            "/audio2face-client.js",
            "/audio2face-client.mjs",
            "/audio2face-client.cjs",
            "/audio2face-client.min.js",
            "/avatar/head.glb",
            "/network/network.bin",
            "/vendor/three/three.module.min.js",
            "/docs",
        ):
            assert http.get(path, follow_redirects=True).status_code == 200, path
        assert "http" not in re.findall(r'src="([^"]*)"', http.get("/docs").text)


def test_requirements_are_the_pins_of_the_core_and_its_model() -> None:
    assert "\nonnxruntime==" in (ROOT / "a2f-server/requirements.txt").read_text()
    subprocess.run([sys.executable, str(ROOT / "scripts/pins.py"), "--check"], check=True)


def test_no_file_names_a_registry() -> None:
    for name in ("constraints.txt", "a2f-server/requirements.txt", "web/package-lock.json"):
        assert "resolved" not in (ROOT / name).read_text()
        assert "registry" not in (ROOT / name).read_text()
