"""ChunkedStreamingClient against the real server: one session from the picture to the file."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

import chunked_streaming_client
from chunked_streaming_client import A2FClientError, ChunkedStreamingClient
from tests.support.photos import SAMPLE
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz, s16, wav
from tests.support.videos import run_videos

KEY = "a key of the tests"
RATE = 24000


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_videos() as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "my face.jpg"
    path.write_bytes(SAMPLE)
    return path


@pytest.fixture
def client(server: Running) -> ChunkedStreamingClient:
    return ChunkedStreamingClient(server.url, timeout=PATIENCE)


def test_a_session(client: ChunkedStreamingClient, photo: Path, tmp_path: Path) -> None:
    session = client.init_session(photo, chunk_duration=0.5, pose_style=[0, 5, 0], gaze_style=(0.1, 0))
    assert client.session_id == session
    first = client.feed_audio_chunk(wav(buzz(0.5, RATE), RATE))
    assert (first["session_status"], first["session_id"]) == ("processing", session)
    assert first["buffer_samples"] == RATE // 2
    last = client.feed_audio_chunk(wav(buzz(0.5, RATE), RATE), is_final=True)
    assert last["buffer_samples"] == RATE
    assert client.hls_url == f"{client.server_url}/hls/{session}/playlist.m3u8"
    assert httpx.get(client.hls_url, timeout=PATIENCE, verify=False).text.startswith("#EXTM3U")
    while (status := client.get_status())["status"] == "processing":
        pass
    assert (status["status"], status["total_frames_generated"], status["error"]) == ("complete", 25, None)
    client.download(tmp_path / "speech.mp4")
    assert (tmp_path / "speech.mp4").read_bytes()[4:8] == b"ftyp"
    client.cleanup()
    client.cleanup()
    assert (client.session_id, client.hls_url) == (None, None)


def test_a_context_cleans_up(server: Running, photo: Path) -> None:
    with ChunkedStreamingClient(server.url) as client:
        session = client.init_session(str(photo), crop=False)
    with server.http() as http:
        assert http.get(f"/api/audio-driven/chunked/status/{session}").status_code == 404


def test_errors_are_those_of_the_server(client: ChunkedStreamingClient, photo: Path, tmp_path: Path) -> None:
    with pytest.raises(A2FClientError, match="use a photo") as caught:
        client.init_session(__file__)
    assert (caught.value.code, caught.value.status) == ("no_face", 422)
    with pytest.raises(A2FClientError, match="nfe") as caught:
        client.init_session(photo, nfe=500)
    assert caught.value.status == 400
    with pytest.raises(FileNotFoundError):
        client.init_session(tmp_path / "none.jpg")
    client.init_session(photo)
    client.feed_audio_chunk(s16(buzz(0.1, RATE)), is_final=True)  # raw samples
    with pytest.raises(A2FClientError, match="final chunk") as caught:
        client.feed_audio_chunk(s16(buzz(0.1, RATE)))
    assert caught.value.code == "bad_state"
    client.cleanup()


def test_a_session_that_has_expired(client: ChunkedStreamingClient) -> None:
    client.session_id = "../../expired"
    with pytest.raises(A2FClientError) as caught:
        client.get_status()
    assert caught.value.status == 404
    client.cleanup()


def test_without_a_session(client: ChunkedStreamingClient, tmp_path: Path) -> None:
    for call in (lambda: client.feed_audio_chunk(b""), client.get_status, lambda: client.download(tmp_path / "no")):
        with pytest.raises(ValueError, match="init_session"):
            call()
    assert not (tmp_path / "no").exists()


def test_a_key_or_a_token(photo: Path) -> None:
    with run_videos(api_key=SecretStr(KEY)) as server, server.http() as http:
        with pytest.raises(A2FClientError) as caught:
            ChunkedStreamingClient(server.url).init_session(photo)
        assert caught.value.code == "unauthorized"
        token = http.post("/v1/token", headers={"Authorization": f"Bearer {KEY}"}).json()["token"]
        for key in (KEY, token):
            with ChunkedStreamingClient(server.url, key=key) as client:
                client.init_session(photo)
                assert client.get_status()["status"] == "waiting_for_audio"


def test_the_arguments_have_the_documented_order() -> None:
    names = list(inspect.signature(ChunkedStreamingClient.init_session).parameters)
    assert names[1:8] == ["image_path", "crop", "seed", "nfe", "cfg_scale", "chunk_duration", "audio_sample_rate"]


def test_the_module_needs_only_the_standard_library() -> None:
    own = {"a2f_client", "chunked_streaming_client"}
    for path in Path(chunked_streaming_client.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names | own
