"""Where the network's windows lie on the sound, for both kinds of bundle. Integers only.

Regression hears a window about each frame, at any frame rate (NVIDIA Audio2Face-3D SDK, audio_accumulator.cpp and
executor_regression_core.cpp): frame k's begins at floor(k · rate / fps) − buffer_ofs. Diffusion has a frame rate of its
own, as many frames as it computes a window: it hears a second, keeps the frames in its middle and moves on by those
(executor_diffusion_core.cpp). Its first windows show frames before the sound's first: they warm its memory up.
"""

from __future__ import annotations

from a2f_server.backends.audio2face3d.parts import Graph
from a2f_server.backends.contract import Layout


def layout(graph: Graph, fps: int) -> Layout:
    """The windows of this network; `fps` is the frame rate where the network leaves it open."""
    return _regression(graph, fps) if graph.kind == "regression" else _diffusion(graph)


def _regression(graph: Graph, fps: int) -> Layout:
    return Layout(graph.sample_rate, fps, graph.window, before=graph.before)


def _diffusion(graph: Graph) -> Layout:
    rate = graph.computed * graph.sample_rate // graph.window
    kept_after = graph.window * graph.left // graph.computed
    lead = (graph.before - kept_after) * rate // graph.sample_rate
    return Layout(graph.sample_rate, rate, graph.window, hop=graph.centre, before=graph.before, lead=lead)
