"""Audio over HTTP: files, raw samples and base64 give the same frames."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from a2f_server.api.http.audio_upload import MOST_JSON_BYTES
from tests.support.running import Running
from tests.support.sounds import buzz, wav

RATE = 16000
SAMPLES = np.rint(buzz(0.7, RATE) * 32767).astype(np.int16)
STEREO = np.stack([SAMPLES, SAMPLES], axis=1)
FILE = wav(SAMPLES / 32768, RATE)


@pytest.fixture
def http(server: Running) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


def animate(http: httpx.Client, body: bytes, media_type: str) -> httpx.Response:
    return http.post("/v1/animate", content=body, headers={"Content-Type": media_type})


def frames(answer: httpx.Response) -> list[list[float]]:
    assert answer.status_code == 200, answer.text[:200]
    weights: list[list[float]] = answer.json()["weights"]
    return weights


def g711(subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, SAMPLES, RATE, format="RAW", subtype=subtype)
    return file.getvalue()


def as_file(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("audio/L16;rate=16000", SAMPLES.astype(">i2").tobytes()),
        ("audio/l16; Rate=16000; channels=2", STEREO.astype(">i2").tobytes()),
        ("audio/L16;codec=pcm;rate=16000", SAMPLES.astype("<i2").tobytes()),
        ('audio/pcm; rate="16000"', SAMPLES.astype("<i2").tobytes()),
        ("application/json", b'{"audio": "%s"}' % base64.b64encode(FILE)),
        ("application/json; charset=utf-8", b'{"audio": "data:audio/wav;base64,%s"}' % base64.b64encode(FILE)),
    ],
)
def test_raw_samples_and_base64_equal_the_file(http: httpx.Client, media_type: str, body: bytes) -> None:
    assert frames(animate(http, body, media_type)) == frames(animate(http, as_file(SAMPLES), "audio/wav"))


@pytest.mark.parametrize(("media_type", "subtype"), [("audio/PCMU", "ULAW"), ("audio/PCMA", "ALAW")])
def test_telephone_encodings_equal_their_samples(http: httpx.Client, media_type: str, subtype: str) -> None:
    codes = g711(subtype)
    decoded, _ = soundfile.read(
        io.BytesIO(codes), dtype="int16", samplerate=RATE, channels=1, format="RAW", subtype=subtype
    )
    expected = frames(animate(http, as_file(decoded), "audio/wav"))
    assert frames(animate(http, codes, f"{media_type};rate={RATE}")) == expected


def test_telephone_encodings_default_to_8_khz(http: httpx.Client) -> None:
    assert len(frames(animate(http, bytes([0x7F]) * 8000, "audio/basic"))) == 30


@pytest.mark.parametrize("field", ["audio", "file"])
def test_a_multipart_body_names_its_file_audio_or_file(http: httpx.Client, field: str) -> None:
    answer = http.post("/v1/animate", files={field: ("speech.wav", as_file(SAMPLES))})
    assert frames(answer) == frames(animate(http, as_file(SAMPLES), "audio/wav"))


@pytest.mark.parametrize(
    ("media_type", "body", "status", "words"),
    [
        ("audio/L16;rate=400", b"\0\0", 415, "400 Hz"),
        ("audio/L16;rate=16000;channels=7", b"\0\0", 415, "7 channels"),
        ("audio/L16;rate=-16000", b"\0\0", 415, "give a number"),
        ("audio/pcm;rate=" + "9" * 400, b"\0\0", 415, "give a number"),
        ("audio/L16;rate=16000", b"", 400, "audio"),
        ("application/json", b"", 422, "base64"),
        ("application/json", b"[]", 422, "base64"),
        ("application/json", b'{"audio": 7}', 422, "base64"),
        ("application/json", b'{"audio": "no base64!"}', 422, "base64"),
        ("application/json", b'{"audio": "\xff"}', 422, "base64"),
        ("application/json", b"[" * 100_000, 422, "base64"),
        ("application/json", b" " * (MOST_JSON_BYTES + 1), 413, "larger"),
    ],
)
def test_bad_bodies(http: httpx.Client, media_type: str, body: bytes, status: int, words: str) -> None:
    answer = animate(http, body, media_type)
    assert answer.status_code == status, answer.text[:200]
    assert words in answer.json()["message"]
