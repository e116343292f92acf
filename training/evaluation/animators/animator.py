"""Makes face tracks with a backend of this checkout, a running server, or the baseline."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import soundfile

from a2f_server import arkit
from a2f_server.audio.files import DecodedAudio
from a2f_server.backends import selector
from a2f_server.backends.contract import Backend
from a2f_server.clip import FULL
from a2f_server.engine.utterance import Utterance, stack_windows
from a2f_server.frameclock import frame_count
from a2f_server.settings import Settings
from training.evaluation.animators.page import in_page
from training.evaluation.measures.track import Track, named
from training.evaluation.recordings.recording import LONGEST, EvaluationError

FPS = 30

TrackMaker = Callable[[DecodedAudio], Track]


def track_maker(backend: str, url: str | None, token: str | None) -> TrackMaker:
    """Returns the function that makes tracks, by the options of the command line."""
    if url:
        return from_server(url, token)
    if backend == "page":
        return partial(in_page, FPS)
    return loudness if backend == "loudness" else in_process(backend)


def in_process(backend: str) -> TrackMaker:
    """Uses a backend of this checkout, without motion. Raises EvaluationError for an unknown backend."""
    try:
        return partial(_animated, selector.load(Settings(backend=backend)))
    except ValueError as error:
        raise EvaluationError(str(error)) from None


def _animated(model: Backend, sound: DecodedAudio) -> Track:
    layout, state = model.layout(sound.sample_rate), model.initial_state(0)
    one = Utterance(layout, state, [], sample_rate=sound.sample_rate, fps=FPS, max_seconds=LONGEST)
    one.write(sound.samples)
    one.end()
    parts = [np.zeros((0, len(arkit.NAMES)), np.uint16)]
    while due := one.due():
        taken = one.take(min(due, 64))
        weights, states = model.infer(stack_windows([taken], one.dtype, layout), [one.state])
        if frames := one.accept(weights[0], states[0]):
            parts.append(frames.values)
    return named(np.concatenate(parts) / FULL, arkit.NAMES, FPS)


def loudness(sound: DecodedAudio) -> Track:
    """The baseline: the rms of 100 ms as jawOpen, scaled to a maximum of .6."""
    half = int(0.05 * sound.sample_rate)
    count = frame_count(len(sound.samples), sound.sample_rate, FPS)
    power = np.concatenate([[0.0], np.cumsum(np.square(sound.samples, dtype=np.float64))])
    middle = np.arange(count) * sound.sample_rate // FPS
    first, stop = np.maximum(middle - half, 0), np.minimum(middle + half, len(sound.samples))
    rms = np.sqrt(np.maximum(power[stop] - power[first], 0) / (2 * half))
    return Track(FPS, count, {"jawOpen": 0.6 * rms / max(float(rms.max(initial=0)), 0.05)})


def from_server(url: str, token: str | None) -> TrackMaker:
    """Uses a running server through `POST /v1/animate`."""
    if not url.startswith(("http://", "https://")):
        raise EvaluationError(f"--url takes an address like http://127.0.0.1:8000, not {url!r}")
    headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return partial(_requested, url.rstrip("/") + "/v1/animate", headers)


def _requested(address: str, headers: dict[str, str], sound: DecodedAudio) -> Track:
    wav = io.BytesIO()
    soundfile.write(wav, sound.samples, sound.sample_rate, format="WAV", subtype="FLOAT")
    answer = _answer(urllib.request.Request(address, wav.getvalue(), headers))  # noqa: S310 - http or https
    names = answer["blendshapes"]
    return named(np.array(answer["weights"], float).reshape(-1, len(names)), names, float(answer["fps"]))


def _answer(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=300) as response:  # noqa: S310 - http or https
            return json.load(response)
    except urllib.error.HTTPError as error:
        reason = error.read(300).decode("utf-8", "replace")
        raise EvaluationError(f"{request.full_url} refused a recording with {error.code}: {reason}") from None
    except (OSError, ValueError) as error:
        raise EvaluationError(
            f"{request.full_url} did not return an animation ({error}); is the server running there?"
        ) from None
