"""Formats a bundle's description and measurements for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from a2f_server.backends.audio2face3d.bundle import Bundle, FacePart
from a2f_server.backends.audio2face3d.loading.index import BundleIndex
from a2f_server.backends.audio2face3d.window_layout import layout
from a2f_server.models_command.benchmark import BATCH, Benchmark
from a2f_server.onnx_runtime import capacity

BYTES = 4
"""Bytes per parameter."""


def bundle_lines(bundle: Bundle, index: BundleIndex, fps: int) -> Iterator[str]:
    """Yields the description of a bundle."""
    graph, size = bundle.network, bundle.network.path.stat().st_size
    yield f"{bundle.name}: {graph.kind}, {_windows(bundle, fps)}"
    yield line("actors", ", ".join(index.actors))
    yield line("network", f"{graph.path.name}, {megabytes(size)}: {_parameters(size)}; {graph.outputs} numbers a frame")
    yield from _part("skin", bundle.actor.skin)
    yield from _part("tongue", bundle.actor.tongue)
    yield line("look-ahead", f"{1000 * float(layout(graph, fps).lookahead(fps)):.0f} ms at {fps} FPS, at most")


def memory_lines(bundle: Bundle, peak: int) -> Iterator[str]:
    """Yields the memory that a bundle needs, from the sizes of its files and arrays, and as measured."""
    graph = bundle.network
    network = megabytes(graph.path.stat().st_size)
    yield line(
        "memory", f"{network} for the network (file size); {megabytes(arrays(bundle))} to load the face at start"
    )
    if graph.kind == "diffusion":
        numbers = (graph.steps + 1) * graph.computed * graph.outputs
        yield line("", f"{megabytes(BYTES * numbers)} of noise for each window in a call")
    if peak:
        yield line("", f"{megabytes(peak)} at peak while measuring, including Python and all libraries")


def speed_lines(benchmark: Benchmark, fps: int) -> Iterator[str]:
    """Yields the measured speed."""
    times = f"{benchmark.single_ms:.1f} ms per window, {benchmark.batched_ms:.1f} ms in a batch of {BATCH}"
    yield line("speed", f"{times}, on {benchmark.provider}")
    needed = f"one stream at {fps} FPS needs {benchmark.windows_per_s:.0f} windows per second"
    yield line("", f"{needed}: real-time factor {benchmark.real_time_factor:.2f}")
    yield line("", streams(benchmark.capacity))


def line(name: str, text: str) -> str:
    """Returns a row of the table."""
    return f"  {name:<11} {text}"


def arrays(bundle: Bundle) -> int:
    """Returns the bytes of an actor's arrays."""
    data, parts = bundle.actor.geometry, (bundle.actor.skin.shapes, bundle.actor.tongue.shapes)
    found = [*vars(data).values(), *(array for part in parts for array in (part.neutral, part.deltas))]
    return sum(array.nbytes for array in found if array is not None)


def megabytes(count: float) -> str:
    """Formats a size in decimal megabytes."""
    return f"{count / 1e6:.0f} MB" if count >= 1e7 else f"{count / 1e6:.1f} MB"


def _windows(bundle: Bundle, fps: int) -> str:
    graph = bundle.network
    frames = layout(graph, fps).hop
    window = 1000 * graph.window / graph.sample_rate
    return f"{window:.0f} ms of audio for {'each frame' if frames == 1 else f'every {frames} frames'}"


def streams(count: float) -> str:
    """Returns the number of streams that a server can run, as a sentence."""
    if count < 1:
        return "too slow for live audio: use it for files only, or on a GPU"
    whole = min(int(count), capacity.MAX_STREAMS_PER_PROCESS)
    return f"a server runs {whole} stream{'s' if whole > 1 else ''} at a time (A2F_MAX_STREAMS)"


def _parameters(size: int) -> str:
    millions = size / BYTES / 1e6
    return f"about {millions:.1f} million parameters, by its size" if millions >= 0.1 else "a tiny network"


def _part(name: str, part: FacePart) -> Iterator[str]:
    solving, shapes = part.config, part.shapes
    seen = len(shapes.neutral) if shapes.mask is None else len(shapes.mask)
    yield line(name, f"{seen} of {len(shapes.neutral)} vertices, {solving.active.sum()} of {len(shapes.names)} poses")
    strengths = {"L1": solving.l1, "L2": solving.l2, "temporal": solving.temporal, "symmetry": solving.symmetry}
    yield line("", "solved with " + ", ".join(f"{term} {value:g}" for term, value in strengths.items()))
