"""The example programs of the original API documentation, unchanged but for the port and the files."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.support.photos import SAMPLE
from tests.support.running import PATIENCE, Running
from tests.support.sounds import buzz
from tests.support.videos import run_videos

PAGE = (Path(__file__).parents[2] / "docs/compatibility.md").read_text("utf-8")
RATE, SECONDS = 24000, 2.5

# Replaces the one function that is used of a large package.
LIBROSA = """import soundfile

def load(path, sr):
    samples, rate = soundfile.read(path, dtype="float32")
    assert rate == sr
    return samples, rate
"""

PYTHON = """
from chunked_streaming_client import ChunkedStreamingClient

# Initialize client
client = ChunkedStreamingClient("http://localhost:9999")

# Create session
session_id = client.init_session(
    image_path="face.jpg",
    chunk_duration=1.0,
    audio_sample_rate=24000
)

# Stream audio chunks
import librosa

audio_data, sr = librosa.load("speech.wav", sr=24000)
chunk_samples = int(sr * 1.0)  # 1 second

for i in range(0, len(audio_data), chunk_samples):
    chunk = audio_data[i:i+chunk_samples]
    is_final = (i + chunk_samples) >= len(audio_data)

    # Convert to WAV bytes and send
    import soundfile as sf
    import io

    buffer = io.BytesIO()
    sf.write(buffer, chunk, sr, format='WAV')
    wav_bytes = buffer.getvalue()

    result = client.feed_audio_chunk(wav_bytes, is_final=is_final)
    print(f"Frames: {result['frames_generated']}")

# Get final status
status = client.get_status()
print(f"Total frames: {status['total_frames_generated']}")
"""

CLASS = """
class ChunkedStreamingClient {
  constructor(serverUrl = "http://localhost:9999") {
    this.serverUrl = serverUrl;
    this.sessionId = null;
  }

  async initSession(imageFile, options = {}) {
    const formData = new FormData();
    formData.append("image", imageFile);
    formData.append("crop", options.crop ?? true);
    formData.append("seed", options.seed ?? 42);
    formData.append("nfe", options.nfe ?? 10);
    formData.append("cfg_scale", options.cfg_scale ?? 2.0);
    formData.append("chunk_duration", options.chunk_duration ?? 1.0);
    formData.append("audio_sample_rate", options.audio_sample_rate ?? 24000);

    const response = await fetch(
      `${this.serverUrl}/api/audio-driven/chunked/init`,
      { method: "POST", body: formData }
    );

    const data = await response.json();
    this.sessionId = data.session_id;
    return data;
  }

  async feedAudioChunk(audioBlob, isFinal = false) {
    const formData = new FormData();
    formData.append("session_id", this.sessionId);
    formData.append("audio_chunk", audioBlob);
    formData.append("is_final_chunk", isFinal);

    const response = await fetch(
      `${this.serverUrl}/api/audio-driven/chunked/feed`,
      { method: "POST", body: formData }
    );

    return await response.json();
  }

  async getStatus() {
    const response = await fetch(
      `${this.serverUrl}/api/audio-driven/chunked/status/${this.sessionId}`
    );
    return await response.json();
  }
}
"""
USE = """
const { readFileSync } = await import("node:fs");
const client = new ChunkedStreamingClient();
const info = await client.initSession(new Blob([readFileSync("face.jpg")]));
const raw = new Int16Array(24000).map((_, i) => 8000 * Math.sin(i / 20));
const first = await client.feedAudioChunk(new Blob([raw]));
const last = await client.feedAudioChunk(new Blob([raw]), true);
let status = await client.getStatus();
while (status.status === "processing") status = await client.getStatus();
console.log(info.status, info.hls_url === `/hls/${client.sessionId}/playlist.m3u8`, first.buffer_samples,
  last.buffer_samples, status.status, status.total_frames_generated);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with run_videos() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "face.jpg").write_bytes(SAMPLE)
    (tmp_path / "librosa.py").write_text(LIBROSA)
    soundfile.write(tmp_path / "speech.wav", np.asarray(buzz(SECONDS, RATE), np.float32), RATE)
    return tmp_path


def run(command: list[str], folder: Path) -> str:
    """Runs a program in the folder; returns what it prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3 * PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_python(server: Running, folder: Path) -> None:
    printed = run([sys.executable, "-c", PYTHON.replace("9999", str(server.port))], folder).splitlines()
    assert [line.split(":")[0] for line in printed] == ["Frames"] * 3 + ["Total frames"]
    assert 0 <= int(printed[-1].split()[-1]) <= 63  # the last frames may still be drawn


def test_javascript(server: Running, folder: Path) -> None:
    node = shutil.which("node")
    assert node, "Node is missing"
    script = (CLASS + USE).replace("9999", str(server.port)).replace("localhost", "127.0.0.1")
    printed = run([node, "--input-type=module", "-e", script], folder)
    assert printed == "success true 24000 48000 complete 50\n"


def test_the_page(server: Running, folder: Path) -> None:
    [example] = [text for text in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "chunked_streaming" in text]
    printed = run([sys.executable, "-c", example.replace("8000", str(server.port))], folder).splitlines()
    assert printed[0] == f"http://127.0.0.1:{server.port}/hls/…/playlist.m3u8"
    assert printed[1:3] == ["processing"] * 2
    assert len(printed) == 4
