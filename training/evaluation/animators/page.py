"""Face tracks by the network in the page, run in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np

from a2f_server.arrays import Float64Array
from a2f_server.audio.files import DecodedAudio
from a2f_server.frameclock import frame_count
from training.evaluation.measures.track import Track, named
from training.evaluation.recordings.recording import EvaluationError

PROGRAM = Path(__file__).with_name("page.mjs")


def in_page(fps: int, sound: DecodedAudio) -> Track:
    """Returns the track at `fps`, interpolated as the client does for a display."""
    command = ["node", str(PROGRAM), str(sound.sample_rate)]
    samples = sound.samples.astype("<f4").tobytes()
    try:
        ran = subprocess.run(command, input=samples, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"").decode("utf-8", "replace")[-300:]
        raise EvaluationError(f"the network in the page needs Node: {error} {reason}") from None
    made = json.loads(ran.stdout)
    weights = np.array(made["weights"], float).reshape(-1, len(made["blendshapes"]))
    count = frame_count(len(sound.samples), sound.sample_rate, fps)
    return named(_at(weights, np.arange(count) * made["fps"] / fps), made["blendshapes"], fps)


def _at(weights: Float64Array, times: Float64Array) -> Float64Array:
    frames = np.arange(len(weights))
    return np.stack([np.interp(times, frames, column) for column in weights.T], axis=1)
