"""A2FClient gives the frames of POST /v1/animate, cut to the range, and the server's own errors."""

from __future__ import annotations

import ast
import itertools
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import a2f_client
from a2f_client import A2FClient, A2FClientError, frame_range
from a2f_server import arkit
from tests.support.running import PATIENCE, Running, run_server
from tests.support.sounds import buzz, wav

KEY = "a key of the tests"
SECONDS = 2.5


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "speech.wav"
    path.write_bytes(wav(buzz(SECONDS, 16000), 16000))
    return path


@pytest.fixture
def client(server: Running, sound: Path, monkeypatch: pytest.MonkeyPatch) -> A2FClient:
    for name in ("A2F_BASE_URL", "A2F_PORT", "A2F_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    client = A2FClient(port=server.port, timeout=PATIENCE)
    client.set_audio(str(sound))
    return client


def animate(server: Running, path: Path, **query: Any) -> list[list[float]]:
    with server.http() as http:
        return list(http.post("/v1/animate", content=path.read_bytes(), params=query).json()["weights"])


def test_an_export_is_the_animation_of_the_file(server: Running, client: A2FClient, sound: Path) -> None:
    answer = client.generate_blendshapes()
    export = answer["blendshapes"]
    assert export["weightMat"] == animate(server, sound)
    assert (export["numFrames"], export["numPoses"], export["exportFps"]) == (75, 52, 30)
    assert export["facsNames"] == list(arkit.NAMES)
    assert export["trackPath"] == str(sound)
    assert export["joints"] == []
    assert export["rotations"] == export["translations"] == [[]] * 75
    assert answer["status"] == "OK"


def test_emotions_are_those_of_the_server(server: Running, client: A2FClient, sound: Path) -> None:
    neutral = client.generate_blendshapes()["blendshapes"]["weightMat"]
    client.set_emotions({"joy": 0.8, "sadness": 0.2})
    happy = client.generate_blendshapes()["blendshapes"]["weightMat"]
    assert happy == animate(server, sound, emotions='{"joy": 0.8, "sadness": 0.2}') != neutral
    client.set_emotions()
    assert client.generate_blendshapes()["blendshapes"]["weightMat"] == neutral


def test_chunks_join_to_the_whole(client: A2FClient) -> None:
    whole = client.generate_blendshapes(fps=24)["blendshapes"]["weightMat"]
    edges = [0, 0.1, 0.7, 1 / 3 + 1, 2, SECONDS]
    chunks = [client.generate_blendshapes(start=a, end=b, fps=24)["blendshapes"] for a, b in itertools.pairwise(edges)]
    assert [row for chunk in chunks for row in chunk["weightMat"]] == whole
    assert {chunk["exportFps"] for chunk in chunks} == {24}


def test_a_range_shorter_than_a_frame_raises_the_rate(server: Running, client: A2FClient, sound: Path) -> None:
    export = client.generate_blendshapes(start=1.01, end=1.035, fps=30)["blendshapes"]
    assert export["exportFps"] == 41
    assert export["weightMat"] == animate(server, sound, fps=41)[42:43]
    with pytest.raises(ValueError, match="shorter than a frame"):
        client.generate_blendshapes(start=1, end=1.001)


@given(start=st.floats(0, 100), length=st.floats(1 / 59, 50), fps=st.integers(10, 60), count=st.integers(6001, 7000))
def test_every_range_has_the_frames_within_it(start: float, length: float, fps: int, count: int) -> None:
    end = start + length
    fps = frame_range.raised(fps, start, end)
    part = frame_range.within(start, end, fps, count)
    assert [i for i in range(part.start, part.stop) if not start <= i / fps < end] == []
    if end < count / fps:
        assert part.stop > part.start
        assert part.start == 0 or (part.start - 1) / fps < start
        assert part.stop / fps >= end


@pytest.mark.parametrize(
    ("start", "end"),
    [(-0.5, -1), (float("nan"), -1), (float("inf"), -1), (1, 1), (2, 1), (0, float("nan")), (0, float("inf")), (0, -2)],
)
def test_a_range_that_is_none(client: A2FClient, start: float, end: float) -> None:
    with pytest.raises(ValueError, match="not a time in seconds"):
        client.generate_blendshapes(start=start, end=end)


def test_a_range_after_the_audio(client: A2FClient) -> None:
    with pytest.raises(ValueError, match="no frame at or after 3 s"):
        client.generate_blendshapes(start=3)


def test_without_audio() -> None:
    with pytest.raises(RuntimeError, match="set_audio"):
        A2FClient().generate_blendshapes()


@pytest.mark.parametrize(("format", "subtype"), [("FLAC", None), ("OGG", "VORBIS"), ("MP3", None)])
def test_every_format_that_the_server_decodes(
    server: Running, client: A2FClient, tmp_path: Path, format: str, subtype: str | None
) -> None:
    path = tmp_path / f"speech.{format.lower()}"
    samples = buzz(1, 16000)
    soundfile.write(path, samples, 16000, format=format, subtype=subtype)
    client.set_audio(path)
    assert client.generate_blendshapes()["blendshapes"]["weightMat"] == animate(server, path)


def test_the_audio_is_sent_once_for_all_ranges(client: A2FClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client.generate_blendshapes()["blendshapes"]["weightMat"]
    monkeypatch.setattr("a2f_client.remote_server.RemoteServer.animate", None)
    first = client.generate_blendshapes(end=1)["blendshapes"]["weightMat"]
    assert first == whole[:30]
    first[0][0] = 7.0
    assert client.generate_blendshapes(end=1)["blendshapes"]["weightMat"] == whole[:30], "an answer is the caller's own"


@pytest.mark.parametrize(
    ("content", "code", "status"), [(b"", "bad_audio", 400), (b"this is text", "unsupported_audio", 415)]
)
def test_a_file_that_is_no_audio(client: A2FClient, tmp_path: Path, content: bytes, code: str, status: int) -> None:
    path = tmp_path / "speech.wav"
    path.write_bytes(content)
    client.set_audio(path)
    with pytest.raises(A2FClientError) as caught:
        client.generate_blendshapes()
    assert (caught.value.code, caught.value.status) == (code, status)
    assert len(str(caught.value)) > 10


def test_a_file_that_does_not_exist(client: A2FClient) -> None:
    with pytest.raises(FileNotFoundError):
        client.set_audio("nowhere.wav")


@pytest.mark.parametrize("emotions", [{"boredom": 0.5}, {"joy": 7}, {"joy": float("nan")}, {"joy": "much"}])
def test_emotions_that_the_server_refuses(client: A2FClient, emotions: dict[str, Any]) -> None:
    client.set_emotions(emotions)
    with pytest.raises(A2FClientError, match="emotions") as caught:
        client.generate_blendshapes()
    assert caught.value.status == 422


@pytest.mark.parametrize("fps", [0, 9, 61, 1000])
def test_a_frame_rate_that_the_server_refuses(client: A2FClient, fps: int) -> None:
    with pytest.raises(A2FClientError, match="fps"):
        client.generate_blendshapes(fps=fps)


def test_a_file_that_is_too_large_gets_the_servers_sentence(tmp_path: Path) -> None:
    """The server answers while the client still sends."""
    path = tmp_path / "long.wav"
    path.write_bytes(wav(np.zeros(8 << 20, np.int16), 16000))
    with run_server(max_file_bytes=1024) as server:
        client = A2FClient(port=server.port, timeout=PATIENCE)
        client.set_audio(path)
        with pytest.raises(A2FClientError) as caught:
            client.generate_blendshapes()
    assert (caught.value.code, caught.value.status) == ("too_large", 413)


def test_a_key(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with run_server(api_key=KEY) as server:
        for key, works in ((None, False), ("another key", False), (KEY, True)):
            client = A2FClient(port=server.port, key=key)
            client.set_audio(sound)
            if works:
                assert client.generate_blendshapes()["blendshapes"]["numFrames"] == 75
                continue
            with pytest.raises(A2FClientError) as caught:
                client.generate_blendshapes()
            assert (caught.value.code, caught.value.status) == ("unauthorized", 401)
        monkeypatch.setenv("A2F_API_KEY", KEY)
        monkeypatch.setenv("A2F_PORT", str(server.port))
        client = A2FClient()
        client.set_audio(sound)
        assert client.generate_blendshapes(end=1)["blendshapes"]["numFrames"] == 30


def test_a_key_that_cannot_be_one_is_not_shown() -> None:
    with pytest.raises(ValueError, match="printable") as caught:
        A2FClient(key="secret\r\nHost: elsewhere")
    assert "secret" not in str(caught.value)


def test_a_server_that_is_not_there(sound: Path) -> None:
    with run_server() as server:
        port = server.port
    client = A2FClient(port=port)
    client.set_audio(sound)
    with pytest.raises(A2FClientError, match="a2f-server serve"):
        client.generate_blendshapes()


@pytest.mark.parametrize(
    ("base_url", "port", "address"),
    [
        (None, None, "http://127.0.0.1:8000"),
        ("http://localhost", 8192, "http://localhost:8192"),
        ("localhost:8001", None, "http://localhost:8001"),
        ("https://example.com/face/", None, "https://example.com:443/face"),
        ("http://[::1]", 8000, "http://[::1]:8000"),
    ],
)
def test_addresses(monkeypatch: pytest.MonkeyPatch, base_url: str | None, port: int | None, address: str) -> None:
    monkeypatch.delenv("A2F_BASE_URL", raising=False)
    monkeypatch.delenv("A2F_PORT", raising=False)
    assert str(A2FClient(base_url=base_url, port=port)._server) == address


@pytest.mark.parametrize("base_url", ["ftp://host", "http://", "http://host:port"])
def test_addresses_that_are_none(base_url: str) -> None:
    with pytest.raises(ValueError, match=r"base_url|[Pp]ort"):
        A2FClient(base_url=base_url)


@pytest.mark.parametrize("name", ["output_dir", "usd_model", "headless_script"])
def test_what_only_omniverse_needs_is_ignored_with_a_warning(name: str) -> None:
    with pytest.warns(UserWarning, match=f"{name} is ignored: .* needs no Omniverse"):
        A2FClient(**{name: "somewhere"})


def test_recognition_of_emotions_is_ignored_with_a_warning(client: A2FClient) -> None:
    with pytest.warns(UserWarning, match="use_a2e"):
        assert client.generate_blendshapes(use_a2e=True)["blendshapes"]["numFrames"] == 75


def test_plain_use_has_no_warning(server: Running, sound: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client = A2FClient(base_url="http://localhost", port=server.port)
        client.set_audio(sound)
        assert client.generate_blendshapes()["blendshapes"]["numFrames"] == 75


def test_the_module_needs_the_standard_library_only() -> None:
    folder = Path(a2f_client.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | {"a2f_client"}
