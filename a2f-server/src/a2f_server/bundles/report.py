"""What a bundle is and costs, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from a2f_server.backends.audio2face3d.bundle import Bundle, FacePart
from a2f_server.backends.audio2face3d.loading.index import BundleIndex
from a2f_server.backends.audio2face3d.window_layout import layout
from a2f_server.backends.onnx import capacity
from a2f_server.bundles.cost import CROWD, Cost

BYTES = 4
"""Of a parameter."""


def bundle_lines(bundle: Bundle, index: BundleIndex, fps: int) -> Iterator[str]:
    """What it is."""
    graph, size = bundle.network, bundle.network.path.stat().st_size
    yield f"{bundle.name}: {graph.kind}, {_windows(bundle, fps)}"
    yield line("actors", ", ".join(index.actors))
    yield line("network", f"{graph.path.name}, {megabytes(size)}: {_parameters(size)}; {graph.outputs} numbers a frame")
    yield from _part("skin", bundle.actor.skin)
    yield from _part("tongue", bundle.actor.tongue)
    yield line("look-ahead", f"{1000 * float(layout(graph, fps).lookahead(fps)):.0f} ms at {fps} FPS, at most")


def memory_lines(bundle: Bundle, peak: int) -> Iterator[str]:
    """What must be held, from the sizes of files and arrays, and what it really came to."""
    graph = bundle.network
    network = megabytes(graph.path.stat().st_size)
    yield line(
        "memory", f"{network} for the network, by its file; {megabytes(arrays(bundle))} to read the face at start"
    )
    if graph.kind == "diffusion":
        numbers = (graph.steps + 1) * graph.computed * graph.outputs
        yield line("", f"{megabytes(BYTES * numbers)} of noise for each window of a call")
    if peak:
        yield line("", f"{megabytes(peak)} at most while this was measured, Python and all libraries with it")


def cost_lines(cost: Cost, fps: int) -> Iterator[str]:
    """How fast it is."""
    yield line(
        "speed", f"{cost.alone:.1f} ms a window, {cost.crowd:.1f} ms where {CROWD} run together, on {cost.provider}"
    )
    yield line(
        "", f"a voice at {fps} FPS needs {cost.windows:.0f} windows a second: real-time factor {cost.factor:.2f}"
    )
    yield line("", _voices(cost.carries))


def line(name: str, text: str) -> str:
    """A row of the table."""
    return f"  {name:<11} {text}"


def arrays(bundle: Bundle) -> int:
    """Bytes of an actor's arrays."""
    data, parts = bundle.actor.geometry, (bundle.actor.skin.shapes, bundle.actor.tongue.shapes)
    found = [*vars(data).values(), *(array for part in parts for array in (part.neutral, part.deltas))]
    return sum(array.nbytes for array in found if array is not None)


def megabytes(count: float) -> str:
    """Decimal, as disks and downloads are counted."""
    return f"{count / 1e6:.0f} MB" if count >= 1e7 else f"{count / 1e6:.1f} MB"


def _windows(bundle: Bundle, fps: int) -> str:
    graph = bundle.network
    frames = layout(graph, fps).hop
    heard = 1000 * graph.window / graph.sample_rate
    return f"{heard:.0f} ms of sound for {'each frame' if frames == 1 else f'every {frames} frames'}"


def _voices(carries: float) -> str:
    if carries < 1:
        return "too slow for live voices: files only, or a GPU"
    count = min(int(carries), capacity.MAX_STREAMS_PER_PROCESS)
    return f"a server takes {count} voice{'s' if count > 1 else ''} at once (A2F_MAX_STREAMS)"


def _parameters(size: int) -> str:
    millions = size / BYTES / 1e6
    return f"about {millions:.1f} million parameters, by its size" if millions >= 0.1 else "a tiny one"


def _part(name: str, part: FacePart) -> Iterator[str]:
    solving, shapes = part.config, part.shapes
    seen = len(shapes.neutral) if shapes.mask is None else len(shapes.mask)
    yield line(name, f"{seen} of {len(shapes.neutral)} vertices, {solving.active.sum()} of {len(shapes.names)} poses")
    strengths = {"L1": solving.l1, "L2": solving.l2, "temporal": solving.temporal, "symmetry": solving.symmetry}
    yield line("", "solved with " + ", ".join(f"{term} {value:g}" for term, value in strengths.items()))
