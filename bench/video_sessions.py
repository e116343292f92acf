"""Measures video: rendering, encoding, time to the first part, LL-HLS latency, memory and drift. Prints JSON.

    python bench/video_sessions.py [--hour]

Rendering and encoding are in CPU time of one thread. `--hour` encodes an hour of audio with flat pictures.
"""

from __future__ import annotations

import argparse
import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import av
import httpx
import numpy as np

from a2f_server import arkit, portrait
from a2f_server.drawing.contract import HeadPose
from a2f_server.drawing.loading import load_renderer, picture_size
from a2f_server.portrait.loading import load_maker
from a2f_server.video.encoder import VideoEncoder
from a2f_server.video.parts import VideoPart
from a2f_server.video.sound_track import SOUND_RATE
from machine import describe, memory_mb, server
from streams import RATE, voice

FPS, FRAMES = 25, 250
PART_S, HELD_BACK = 0.2, 3
PICTURE = (Path(portrait.__file__).parent / "sample.jpg").read_bytes()
BASE = "/api/audio-driven/chunked"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="also measure the drift over an hour")
    hour = parser.parse_args().hour
    sides = [of_size(side) for side in (384, 512, 720)]
    result = {"machine": describe(), "ms_per_frame": sides, **live()}
    print(json.dumps({**result, **({"drift": drift()} if hour else {})}, indent=1))


def of_size(side: int) -> dict[str, float]:
    """Returns milliseconds of CPU time per frame of a speaking portrait, and sessions in real time per core."""
    glb = load_maker().make(PICTURE).glb
    width, height = picture_size(glb, side)
    renderer = load_renderer(glb, width, height, True)
    rows = speech_like()
    renderer.draw(rows[0], HeadPose())
    drawn, encoded, size = [], [], [0]
    encoder = VideoEncoder(width, height, FPS, lambda part: size.append(len(part.data)))
    sound = np.zeros(SOUND_RATE // FPS, np.float32)
    for number, row in enumerate(rows):
        begun = time.thread_time()
        picture = renderer.draw(row, HeadPose(yaw=3 * np.sin(number / 20), pitch=np.sin(number / 13)))
        between = time.thread_time()
        encoder.add(picture, sound)
        drawn.append(between - begun)
        encoded.append(time.thread_time() - between)
    encoder.finish()
    both = sum(drawn) + sum(encoded)
    return {
        "side": side,
        "draw": round(1000 * sum(drawn) / FRAMES, 2),
        "encode": round(1000 * sum(encoded) / FRAMES, 2),
        "sessions_per_core": round(FRAMES / FPS / both, 1),
        "kbit_per_s": round(sum(size) * 8 / 1000 / (FRAMES / FPS)),
    }


def speech_like() -> list[np.ndarray]:
    """Returns frames in which the mouth moves as in speech, with a blink every four seconds."""
    rows = np.zeros((FRAMES, 52), np.float32)
    t = np.arange(FRAMES) / FPS
    for name, hertz, most in (("jawOpen", 4, 0.4), ("mouthFunnel", 1.3, 0.4), ("mouthSmileLeft", 0.7, 0.3)):
        rows[:, arkit.INDEX[name]] = most * (0.5 + 0.5 * np.sin(2 * np.pi * hertz * t))
    for side in ("Left", "Right"):
        rows[:, arkit.INDEX[f"eyeBlink{side}"]] = np.clip(1 - np.abs((t % 4) - 2) / 0.12, 0, 1)
    return list(rows)


def live() -> dict[str, object]:
    """Returns seconds from `init` to the first part, latency while speech is fed in real time, and memory."""
    with (
        server(tts="none", log_level="error", video_sessions=4) as (port, pid),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300) as http,
    ):
        close(http, opened(http))  # compiles and loads everything
        before = memory_mb(pid)[0]
        begun = time.perf_counter()
        key = opened(http)
        ready = time.perf_counter()
        feed(http, key, voice(1))
        await_part(http, key, 0)
        first = time.perf_counter()
        close(http, key)
        latency = real_time(http)
        several = [opened(http) for _ in range(2)]
        for one in several:
            feed(http, one, voice(4))
        each = (memory_mb(pid)[0] - before) / 2
        for one in several:
            close(http, one)
    return {
        "init_s": round(ready - begun, 3),
        "first_part_after_speech_s": round(first - ready, 3),
        "part_after_its_speech_s": {"median": round(median(latency), 3), "worst": round(max(latency), 3)},
        "ll_hls_end_to_end_s": round(median(latency) + HELD_BACK * PART_S, 3),
        "memory_per_session_mb": round(each, 1),
    }


def opened(http: httpx.Client) -> str:
    answer = http.post(f"{BASE}/init", files={"image": PICTURE}, data={"audio_sample_rate": RATE})
    return str(answer.raise_for_status().json()["session_id"])


def close(http: httpx.Client, key: str) -> None:
    http.delete(f"{BASE}/session/{key}").raise_for_status()


def feed(http: httpx.Client, key: str, chunk: bytes, final: bool = False) -> None:
    data = {"session_id": key, "is_final_chunk": final}
    http.post(f"{BASE}/feed", data=data, files={"audio_chunk": chunk}).raise_for_status()


def await_part(http: httpx.Client, key: str, number: int) -> None:
    """Requests a part until it exists."""
    segment, part = (0, 0) if number == 0 else (1 + (number - 1) // 5, (number - 1) % 5)
    while http.get(f"/hls/{key}/part{segment}.{part}.m4s").status_code != 200:
        pass


def real_time(http: httpx.Client, seconds: float = 8.0) -> list[float]:
    """Feeds speech in real time; returns the delay of each part after the end of its speech."""
    key, came = opened(http), list[float]()
    spoken: dict[int, float] = {}
    sound, step = voice(int(seconds) + 1), 2 * int(PART_S * RATE)

    def speak() -> None:
        with httpx.Client(base_url=http.base_url, timeout=60) as other:
            begun = time.perf_counter()
            for number in range(int(seconds / PART_S)):
                time.sleep(max(0.0, begun + (number + 1) * PART_S - time.perf_counter()))
                spoken[number] = time.perf_counter()
                feed(other, key, sound[number * step : (number + 1) * step])

    speaking = threading.Thread(target=speak)
    speaking.start()
    for number in range(int(seconds / PART_S) - 3):
        await_part(http, key, number)
        came.append(time.perf_counter())
    speaking.join()
    close(http, key)
    return [at - spoken[number] for number, at in enumerate(came)]


def drift(hours: float = 1.0, every: int = 60) -> dict[str, float]:
    """Encodes a flash with a tone every minute; returns by how many ms the first and the last tone are late."""
    parts: list[VideoPart] = []
    encoder = VideoEncoder(64, 64, FPS, parts.append)
    dark, bright = (np.full((96, 64), 128, np.uint8) for _ in range(2))
    dark[:64], bright[:64] = 20, 220
    silence, tone = np.zeros(1920, np.float32), (0.5 * np.sin(np.arange(1920) * 0.1)).astype(np.float32)
    begun = time.thread_time()
    for number in range(int(hours * 3600 * FPS)):
        flash = number % (every * FPS) == every * FPS // 2
        encoder.add(bright if flash else dark, tone if flash else silence)
    encoder.finish()
    data = encoder.header + b"".join(part.data for part in parts)
    flashes = [each for each, frame in frames_of(data, "video") if frame[:64].mean() > 120]
    loud = ((t, np.flatnonzero(np.abs(x) > 0.2)) for t, x in frames_of(data, "audio"))
    tones = [t + at[0] / SOUND_RATE for t, at in loud if len(at)]
    starts = [t for i, t in enumerate(tones) if not i or t - tones[i - 1] > 1]
    late = [1000 * (tone - flash) for flash, tone in zip(flashes, starts, strict=True)]
    return {
        "minutes": len(late),
        "first_ms": round(late[0], 2),
        "last_ms": round(late[-1], 2),
        "worst_ms": round(max(map(abs, late)), 2),
        "cpu_s": round(time.thread_time() - begun, 1),
    }


def frames_of(data: bytes, kind: str) -> Iterator[tuple[float, np.ndarray]]:
    """Yields times and samples, or times and pictures."""
    with av.open(io.BytesIO(data)) as file:
        for frame in file.decode(**{kind: 0}):
            array = frame.to_ndarray()
            yield frame.time, array[0] if kind == "audio" else array


if __name__ == "__main__":
    main()
