"""What a network must take and give, by name: a renamed or resized tensor is a sentence before it is a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from a2f_server.arkit import EMOTIONS
from a2f_server.backends.audio2face3d.parts import Graph

Axes = tuple[int | None, ...]
"""None: the batch, of any size."""


def expected_inputs(graph: Graph) -> dict[str, Axes]:
    """Of NVIDIA's networks, in the order of their graphs; everything is float32."""
    if graph.kind == "regression":
        assert graph.implicit is not None
        emotion = len(graph.implicit) + len(EMOTIONS)
        return {"input": (None, 1, graph.window), "emotion": (None, 1, emotion)}
    assert graph.identity is not None
    return {
        "window": (None, graph.window),
        "identity": (None, len(graph.identity)),
        "emotion": (None, graph.centre, len(EMOTIONS)),
        "input_latents": _latents(graph),
        "noise": (None, graph.steps + 1, graph.computed, graph.outputs),
    }


def expected_outputs(graph: Graph) -> dict[str, Axes]:
    """The same for what it gives."""
    if graph.kind == "regression":
        return {"result": (None, 1, graph.outputs)}
    return {"prediction": (None, graph.computed, graph.outputs), "output_latents": _latents(graph)}


def verify(graph: Graph, inputs: Mapping[str, Sequence[object]], outputs: Mapping[str, Sequence[object]]) -> None:
    """Raises ValueError where what an opened network says of itself is not what `network_info.json` says.

    Names with their shapes as a session of onnxruntime reports them: axes that are no number are open.
    """
    for what, wanted, found in (
        ("input", expected_inputs(graph), inputs),
        ("output", expected_outputs(graph), outputs),
    ):
        if wanted.keys() != found.keys():
            raise ValueError(
                f"{graph.path} has the {what}s {', '.join(found)}; expected {', '.join(wanted)} as in NVIDIA's "
                f"{graph.kind} networks"
            )
        for name, axes in wanted.items():
            _fits(graph, f"the {what} {name}", axes, found[name])


def _fits(graph: Graph, what: str, wanted: Axes, found: Sequence[object]) -> None:
    if len(wanted) != len(found) or not all(map(_same, wanted, found)):
        raise ValueError(
            f"{graph.path}: {what} is {_written(found)}; expected {_written(wanted)} by network_info.json "
            f"({graph.skin} skin, {graph.tongue} tongue, {graph.jaw} jaw, {graph.eyes} eyes)"
        )


def _same(wanted: int | None, found: object) -> bool:
    """An axis that is open takes any size; a batch must be open."""
    return wanted == found if isinstance(found, int) else True


def _latents(graph: Graph) -> Axes:
    return (graph.steps, graph.layers, None, graph.latent)


def _written(axes: Sequence[object]) -> str:
    return "(" + ", ".join(str(axis) if isinstance(axis, int) else "any" for axis in axes) + ")"
