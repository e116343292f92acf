"""The tensors that a network must have, by name: catches a renamed or resized tensor before it fails obscurely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from a2f_server.arkit import EMOTIONS
from a2f_server.backends.audio2face3d.bundle import NetworkSpec

Axes = tuple[int | None, ...]
"""The shape of a tensor; None: the batch axis, of any size."""


def expected_inputs(spec: NetworkSpec) -> dict[str, Axes]:
    """Returns the inputs of NVIDIA's networks in the order of their graphs; all are float32."""
    if spec.kind == "regression":
        assert spec.implicit is not None
        emotion = len(spec.implicit) + len(EMOTIONS)
        return {"input": (None, 1, spec.window), "emotion": (None, 1, emotion)}
    assert spec.identity is not None
    return {
        "window": (None, spec.window),
        "identity": (None, len(spec.identity)),
        "emotion": (None, spec.centre, len(EMOTIONS)),
        "input_latents": _latents(spec),
        "noise": (None, spec.steps + 1, spec.computed, spec.outputs),
    }


def expected_outputs(spec: NetworkSpec) -> dict[str, Axes]:
    """Returns the outputs of NVIDIA's networks; all are float32."""
    if spec.kind == "regression":
        return {"result": (None, 1, spec.outputs)}
    return {"prediction": (None, spec.computed, spec.outputs), "output_latents": _latents(spec)}


def verify(spec: NetworkSpec, inputs: Mapping[str, Sequence[object]], outputs: Mapping[str, Sequence[object]]) -> None:
    """Raises ValueError if an opened network's tensors are not those that `network_info.json` announces.

    `inputs` and `outputs` map names to shapes as an onnxruntime session reports them: an axis that is not an int is
    dynamic.
    """
    for what, wanted, found in (
        ("input", expected_inputs(spec), inputs),
        ("output", expected_outputs(spec), outputs),
    ):
        if wanted.keys() != found.keys():
            raise ValueError(
                f"{spec.path} has the {what}s {', '.join(found)}; expected {', '.join(wanted)} as in NVIDIA's "
                f"{spec.kind} networks"
            )
        for name, axes in wanted.items():
            _verify_shape(spec, f"the {what} {name}", axes, found[name])


def _verify_shape(spec: NetworkSpec, what: str, wanted: Axes, found: Sequence[object]) -> None:
    if len(wanted) != len(found) or not all(map(_fits, wanted, found)):
        raise ValueError(
            f"{spec.path}: {what} is {_written(found)}; expected {_written(wanted)} by network_info.json "
            f"({spec.skin} skin, {spec.tongue} tongue, {spec.jaw} jaw, {spec.eyes} eyes)"
        )


def _fits(wanted: int | None, found: object) -> bool:
    """Returns whether an axis fits: a dynamic one fits any size; the batch axis must be dynamic."""
    return wanted == found if isinstance(found, int) else True


def _latents(spec: NetworkSpec) -> Axes:
    return (spec.steps, spec.layers, None, spec.latent)


def _written(axes: Sequence[object]) -> str:
    return "(" + ", ".join(str(axis) if isinstance(axis, int) else "any" for axis in axes) + ")"
