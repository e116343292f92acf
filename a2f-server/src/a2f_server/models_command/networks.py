"""Describes and measures networks other than bundles: emotalk, and those from ONNX files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from a2f_server.backends import selector
from a2f_server.backends.sequence.backend import SequenceBackend
from a2f_server.models_command.report import line, streams
from a2f_server.settings import Settings


def open_network(backend: str, path: Path, device: str) -> SequenceBackend:
    """Loads and runs a network. Raises ValueError with an actionable message if it is missing or unsuitable."""
    loaded = selector.load(Settings(backend=backend, model_dir=path, device=device))
    if not isinstance(loaded, SequenceBackend):
        raise ValueError(f"the backend {backend!r} has no files to check")  # noqa: TRY004 - the user's choice
    return loaded


def lines(loaded: SequenceBackend, fps: int, *, measured: bool) -> Iterator[str]:
    """Yields the description of a network and, if asked for, its speed."""
    layout = loaded.windows.layout()
    yield (
        f"{loaded.model['name']}: whole sequences, {1000 * layout.window / layout.sample_rate:.0f} ms of audio "
        f"for every {layout.hop} frames"
    )
    yield line("licence", loaded.model["licence"] or "not stated")
    yield line("shapes", f"{sum(one is not None for one in loaded.columns)} of 52, at {layout.frame_rate} FPS")
    yield line("look-ahead", f"{1000 * float(layout.lookahead(fps)):.0f} ms at {fps} FPS, at most")
    if measured:
        yield line("speed", f"{1000 * loaded.seconds_per_window:.1f} ms per window, on {loaded.provider}")
        used = loaded.seconds_per_window * layout.frame_rate / layout.hop
        yield line(
            "", f"one stream needs {layout.frame_rate / layout.hop:g} windows per second: real-time factor {used:.2f}"
        )
        yield line("", streams(loaded.measured_capacity))
