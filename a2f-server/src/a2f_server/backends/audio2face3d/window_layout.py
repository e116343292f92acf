"""The positions of the network's windows in the audio, for both kinds of bundle. Integers only.

A regression network looks at a window around each frame, at any frame rate (NVIDIA Audio2Face-3D SDK,
audio_accumulator.cpp and executor_regression_core.cpp): the window of frame k starts at floor(k · rate / fps) −
buffer_ofs. A diffusion network has a fixed frame rate, the number of frames that it computes per window: it looks at
one second, keeps the frames in the middle and advances by as many (executor_diffusion_core.cpp). Its first windows
yield frames before the start of the audio, which only warm its state up.
"""

from __future__ import annotations

from a2f_server.backends.audio2face3d.bundle import NetworkSpec
from a2f_server.backends.contract import Layout


def layout(spec: NetworkSpec, fps: int) -> Layout:
    """Returns the windows of this network. `fps` is the frame rate of a regression network."""
    return _regression(spec, fps) if spec.kind == "regression" else _diffusion(spec)


def _regression(spec: NetworkSpec, fps: int) -> Layout:
    return Layout(spec.sample_rate, fps, spec.window, before=spec.before)


def _diffusion(spec: NetworkSpec) -> Layout:
    rate = spec.computed * spec.sample_rate // spec.window
    kept_after = spec.window * spec.left // spec.computed
    lead = (spec.before - kept_after) * rate // spec.sample_rate
    return Layout(spec.sample_rate, rate, spec.window, hop=spec.centre, before=spec.before, lead=lead)
