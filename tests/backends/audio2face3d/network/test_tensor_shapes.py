"""Networks are checked by the names and shapes of their inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from a2f_server.backends.audio2face3d.bundle import Bundle, NetworkSpec
from a2f_server.backends.audio2face3d.network.tensor_shapes import expected_inputs, expected_outputs, verify
from a2f_server.onnx_runtime import session as onnx

Shapes = Mapping[str, Sequence[object]]


def reported(graph: NetworkSpec) -> tuple[Shapes, Shapes]:
    """Returns the shapes that an onnxruntime session reports."""
    return onnx.Session(graph.path, "cpu").shapes()


def refusal(graph: NetworkSpec, inputs: Shapes, outputs: Shapes) -> str:
    with pytest.raises(ValueError) as caught:
        verify(graph, inputs, outputs)
    return str(caught.value)


def test_regression_has_the_expected_tensors(regression: Bundle) -> None:
    graph = regression.network
    verify(graph, *reported(graph))
    assert expected_inputs(graph) == {"input": (None, 1, 8320), "emotion": (None, 1, 26)}
    assert expected_outputs(graph) == {"result": (None, 1, 53)}


def test_diffusion_has_the_expected_tensors(diffusion: Bundle) -> None:
    graph = diffusion.network
    verify(graph, *reported(graph))
    assert list(expected_inputs(graph)) == ["window", "identity", "emotion", "input_latents", "noise"]
    assert expected_inputs(graph)["noise"] == (None, 3, 60, graph.outputs)
    assert expected_outputs(graph) == {
        "prediction": (None, 60, graph.outputs),
        "output_latents": (2, 2, None, 48),
    }


def test_a_renamed_tensor_is_reported(regression: Bundle) -> None:
    inputs, outputs = reported(regression.network)
    renamed = {"audio": inputs["input"], "emotion": inputs["emotion"]}
    message = refusal(regression.network, renamed, outputs)
    assert "network.onnx has the inputs audio, emotion; expected input, emotion" in message
    assert "has the outputs face" in refusal(regression.network, inputs, {"face": outputs["result"]})


def test_an_output_of_the_wrong_width_is_reported(regression: Bundle) -> None:
    inputs, _ = reported(regression.network)
    message = refusal(regression.network, inputs, {"result": ["B", 1, 301]})
    assert "the output result is (any, 1, 301); expected (any, 1, 53)" in message
    assert "24 skin, 10 tongue, 15 jaw, 4 eyes" in message


def test_a_fixed_batch_axis_is_reported(diffusion: Bundle) -> None:
    inputs, outputs = reported(diffusion.network)
    assert "the input window is (1, 16000)" in refusal(diffusion.network, {**inputs, "window": [1, 16000]}, outputs)


def test_a_mismatch_with_the_info_file_is_reported(diffusion: Bundle) -> None:
    other = replace(diffusion.network, latent=256)
    assert "the input input_latents is (2, 2, any, 48); expected (2, 2, any, 256)" in refusal(
        other, *reported(diffusion.network)
    )
