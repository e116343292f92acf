"""The network and the projection on a device, compared with a plain run of the network and numpy's product.

All of this uses the GPU's code path (I/O binding, buckets, states on the device), with the CPU provider.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from structlog.testing import capture_logs

from a2f_server import arkit
from a2f_server.backends.audio2face3d.bundle import Bundle, NetworkSpec
from a2f_server.backends.audio2face3d.network.opening import Diffusion, Network, Regression, open_network
from a2f_server.backends.audio2face3d.projection import Projection
from a2f_server.backends.audio2face3d.solver import BlendshapeProblem
from a2f_server.onnx_runtime.session import DeviceSlice, Session

STRENGTH = 1.3


def projection_of(bundle: Bundle) -> Projection:
    return Projection.of(bundle, BlendshapeProblem.of(bundle.actor.skin), BlendshapeProblem.of(bundle.actor.tongue))


def opened(bundle: Bundle, **more: Any) -> Network:
    return open_network(
        more.pop("graph", bundle.network), projection_of(bundle), device="cpu", strength=STRENGTH, **more
    )


@pytest.fixture(scope="module")
def one(regression: Bundle) -> Regression:
    network = opened(regression)
    assert isinstance(network, Regression)
    return network


@pytest.fixture(scope="module")
def many(diffusion: Bundle) -> Diffusion:
    network = opened(diffusion)
    assert isinstance(network, Diffusion)
    return network


@pytest.fixture
def bucketed(diffusion: Bundle) -> Diffusion:
    """A network with buckets, like on a GPU that takes four windows per run."""
    network = opened(diffusion)
    network.warm_up((1, 2, 4))
    assert isinstance(network, Diffusion)
    return network


def sound(graph: NetworkSpec, rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, (rows, graph.window)).astype(np.float32)


def random_emotions(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((*shape, 10), np.float32)


def run_directly(bundle: Bundle, samples: np.ndarray, emotions: np.ndarray) -> np.ndarray:
    """Runs regression directly: returns z of each row."""
    graph, projection = bundle.network, projection_of(bundle)
    assert graph.implicit is not None
    emotion = np.concatenate([np.tile(graph.implicit, (len(emotions), 1)), emotions], axis=1)[:, None]
    heard = (samples * np.float32(STRENGTH))[:, None]
    (result,) = Session(graph.path, "cpu").run(input=heard, emotion=emotion)
    return result[:, 0] @ projection.matrix


def close(found: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max())


def test_regression_equals_network_times_matrix(one: Regression, regression: Bundle) -> None:
    samples, emotions = sound(regression.network, 5), random_emotions(5)
    z = one.run(samples, emotions)
    assert z.shape == (5, projection_of(regression).matrix.shape[1])
    assert z.dtype == np.float32
    assert close(z, run_directly(regression, samples, emotions))


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_emotions_go_to_the_inputs_of_their_names(kind: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(kind)
    turned = opened(bundle, graph=replace(bundle.network, emotions=arkit.EMOTIONS[::-1]))
    usual = opened(bundle)
    samples = sound(bundle.network, 2)
    if isinstance(turned, Regression) and isinstance(usual, Regression):
        emotions = random_emotions(2)
        assert np.array_equal(turned.run(samples, emotions), usual.run(samples, emotions[:, ::-1]))
        assert not np.array_equal(turned.run(samples, emotions), usual.run(samples, emotions))
    if isinstance(turned, Diffusion) and isinstance(usual, Diffusion):
        emotions = random_emotions(2, bundle.network.centre)
        expected, _ = usual.run(samples, emotions[..., ::-1], [None] * 2)
        assert np.array_equal(turned.run(samples, emotions, [None] * 2)[0], expected)


def test_other_rows_change_no_bit(one: Regression, regression: Bundle) -> None:
    samples, emotions = sound(regression.network, 9), random_emotions(9)
    together = one.run(samples, emotions)
    for k in range(9):
        assert np.array_equal(one.run(samples[k : k + 1], emotions[k : k + 1])[0], together[k])


def sizes_run(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """Records the batch size of each run from here on."""
    seen: list[int] = []
    bound = Session.run_on_device

    def spy(session: Session, inputs: dict[str, Any], *more: Any, **named: Any) -> dict[str, Any]:
        if name in inputs:
            seen.append(len(inputs[name]))
        return bound(session, inputs, *more, **named)

    monkeypatch.setattr(Session, "run_on_device", spy)
    return seen


def test_on_a_cpu_windows_run_one_by_one(one: Regression, regression: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sizes_run(monkeypatch, "input")
    one.run(sound(regression.network, 3), random_emotions(3))
    assert seen == [1, 1, 1]
    assert one.largest == 1


def test_batches_are_padded_to_buckets_and_split(regression: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    network = opened(regression)
    network.warm_up((1, 2, 4))
    assert isinstance(network, Regression)
    seen = sizes_run(monkeypatch, "input")
    samples, emotions = sound(regression.network, 7), random_emotions(7)
    z = network.run(samples, emotions)
    assert seen == [4, 4]
    assert close(z, run_directly(regression, samples, emotions))
    assert network.run(samples[:1], emotions[:1]).shape == z[:1].shape
    assert seen == [4, 4, 1]


@pytest.mark.parametrize(("kind", "sessions"), [("regression", [1, 2, 4]), ("diffusion", [1])])
def test_small_networks_have_a_session_per_size_and_large_ones_share_one(
    kind: str, sessions: list[int], request: pytest.FixtureRequest
) -> None:
    """On a GPU, convolutions are planned anew when the batch size changes."""
    network = opened(request.getfixturevalue(kind))
    network.warm_up((1, 2, 4))
    assert sorted(network._networks) == sessions


def by_hand(bundle: Bundle, network: Diffusion, samples: np.ndarray, emotions: np.ndarray, latents: np.ndarray) -> Any:
    """Runs diffusion directly with the network's noise: returns z `[B, centre, m]` and latents."""
    graph, projection, rows = bundle.network, projection_of(bundle), len(samples)
    noise = network._noise.numpy()[:1]
    assert graph.identity is not None
    prediction, after = Session(graph.path, "cpu").run(
        window=samples * np.float32(STRENGTH),
        identity=np.tile(graph.identity, (rows, 1)),
        emotion=emotions,
        input_latents=latents,
        noise=np.repeat(noise, rows, axis=0),
    )
    kept = prediction[:, graph.left : graph.left + graph.centre]
    return kept[..., projection.columns] @ projection.matrix, after


def test_diffusion_equals_network_times_matrix_for_each_window(many: Diffusion, diffusion: Bundle) -> None:
    graph = diffusion.network
    latents: Any = [None] * 3
    expected_latents = np.zeros((graph.steps, graph.layers, 3, graph.latent), np.float32)
    for step in range(3):
        samples, emotions = sound(graph, 3, seed=step), random_emotions(3, graph.centre, seed=step)
        expected, expected_latents = by_hand(diffusion, many, samples, emotions, expected_latents)
        z, latents = many.run(samples, emotions, latents)
        assert z.shape == (3, graph.centre, projection_of(diffusion).matrix.shape[1])
        assert close(z, expected)
    assert np.array_equal([row.block.host[row.index] for row in latents], np.moveaxis(expected_latents, 2, 0))


def streams(network: Diffusion, graph: NetworkSpec, rows: int) -> tuple[np.ndarray, np.ndarray, list[Any]]:
    """Returns audio, emotions, and the latents of streams after one window."""
    samples, emotions = sound(graph, rows), random_emotions(rows, graph.centre)
    return samples, emotions, network.run(samples, emotions, [None] * rows)[1]


@pytest.mark.parametrize("which", ["many", "bucketed"])
def test_batch_order_and_new_streams_change_no_bit(
    which: str, diffusion: Bundle, request: pytest.FixtureRequest
) -> None:
    """The bundle's small network is exact over any batch, so states in the wrong rows would show."""
    network: Diffusion = request.getfixturevalue(which)
    samples, emotions, latents = streams(network, diffusion.network, 6)
    together, after = network.run(samples, emotions, latents)
    order = [4, 1, 5]
    some, later = network.run(samples[order], emotions[order], [latents[k] for k in order])
    assert np.array_equal(some, together[order])
    mixed, _ = network.run(samples[order], emotions[order], [latents[4], None, latents[5]])
    assert np.array_equal(mixed[[0, 2]], together[[4, 5]])
    assert not np.array_equal(mixed[1], together[1]), "the state matters"
    further, _ = network.run(samples[order], emotions[order], later)
    again, _ = network.run(samples[order], emotions[order], [after[k] for k in order])
    assert np.array_equal(further, again)


def test_states_are_immutable(bucketed: Diffusion, diffusion: Bundle) -> None:
    samples, emotions, latents = streams(bucketed, diffusion.network, 3)
    first, _ = bucketed.run(samples, emotions, latents)
    bucketed.run(samples[::-1], emotions[::-1], latents[::-1])
    again, _ = bucketed.run(samples, emotions, latents)
    assert np.array_equal(first, again)


def test_states_stay_on_the_device_for_an_unchanged_batch(
    bucketed: Diffusion, diffusion: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples, emotions, latents = streams(bucketed, diffusion.network, 3)
    seen: list[Any] = []
    network = bucketed._network(4)
    bound = network.run_on_device

    def spy(inputs: dict[str, Any], keep: list[str], into: dict[str, DeviceSlice]) -> dict[str, Any]:
        seen.append((inputs["input_latents"], inputs["noise"], keep, into))
        return bound(inputs, keep, into)

    monkeypatch.setattr(network, "run_on_device", spy)
    _, after = bucketed.run(samples, emotions, latents)
    bucketed.run(samples[:2], emotions[:2], after[:2])
    (handed, noise, keep, into), (gathered, *_) = seen
    assert handed is latents[0].block.value
    assert isinstance(gathered, np.ndarray), "two of three are another batch"
    assert isinstance(noise, DeviceSlice), "noise is never copied"
    assert keep == ["prediction"], "the output of a window never comes to the host"
    assert into["output_latents"].array is after[0].block.value, "and is not kept alive by the state"


def test_the_noise_is_normal_and_always_the_same(bucketed: Diffusion, diffusion: Bundle) -> None:
    graph, noise = diffusion.network, bucketed._noise.numpy()
    assert noise.shape == (4, graph.steps + 1, graph.computed, graph.outputs)
    assert all(np.array_equal(row, noise[0]) for row in noise)
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1) < 0.01
    again = opened(diffusion)
    assert isinstance(again, Diffusion)
    assert np.array_equal(again._noise.numpy()[0], noise[0])


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_threads_do_not_matter(kind: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(kind)
    network = opened(bundle)
    samples = [sound(bundle.network, 2, seed=k) for k in range(4)]

    def run(k: int) -> np.ndarray:
        if isinstance(network, Regression):
            return network.run(samples[k], random_emotions(2))
        assert isinstance(network, Diffusion)
        return network.run(samples[k], random_emotions(2, bundle.network.centre), [None] * 2)[0]

    alone = [run(k) for k in range(4)]
    found: dict[int, np.ndarray] = {}
    threads = [threading.Thread(target=lambda k=k: found.update({k: run(k)})) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[k], alone[k]) for k in range(4))


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_half_precision_is_close(kind: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(kind)
    samples = sound(bundle.network, 2)
    found = []
    for network in (opened(bundle), opened(bundle, precision="fp16")):
        if isinstance(network, Regression):
            found.append(network.run(samples, random_emotions(2)))
        if isinstance(network, Diffusion):
            found.append(network.run(samples, random_emotions(2, bundle.network.centre), [None] * 2)[0])
    whole, half = found
    assert 0 < np.abs(half - whole).max() < 0.02 * np.abs(whole).max()


def broken(bundle: Bundle, folder: Path, change: Callable[[onnx.ModelProto], None]) -> NetworkSpec:
    """Returns the bundle's network with a change applied."""
    model = onnx.load(str(bundle.network.path))
    change(model)
    file = folder / "network.onnx"
    file.write_bytes(model.SerializeToString())
    return replace(bundle.network, path=file)


def not_a_number(model: onnx.ModelProto) -> None:
    """Makes half of the largest matrix of weights NaN."""
    tensor = max(model.graph.initializer, key=lambda t: len(t.raw_data))
    values = numpy_helper.to_array(tensor).copy()
    values.flat[: values.size // 2] = np.nan
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


@pytest.mark.parametrize("kind", ["regression", "diffusion"])
def test_nan_weights_are_refused_at_start(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    bundle: Bundle = request.getfixturevalue(kind)
    with pytest.raises(ValueError, match=r"network\.onnx gives values that are not numbers.*download it again"):
        opened(bundle, graph=broken(bundle, tmp_path, not_a_number))


def test_noise_is_only_made_in_a_size_that_the_network_accepts(diffusion: Bundle) -> None:
    with pytest.raises(ValueError, match="the input input_latents is"):
        opened(diffusion, graph=replace(diffusion.network, steps=2**31))


def no_axis_fits(model: onnx.ModelProto) -> None:
    """Adds a reshape to a shape that does not fit, which is only detected when it runs."""
    sound, mood = model.graph.input[0].name, model.graph.input[1].name
    nodes = [
        onnx.helper.make_node("Flatten", [sound], ["flat_sound"]),
        onnx.helper.make_node("Flatten", [mood], ["flat_mood"]),
        onnx.helper.make_node("Shape", ["flat_mood"], ["its_shape"]),
        onnx.helper.make_node("Reshape", ["flat_sound", "its_shape"], ["never"]),
        onnx.helper.make_node("ReduceSum", ["never"], ["nothing"], keepdims=0),
    ]
    model.graph.node.extend(nodes)
    model.graph.output.append(onnx.helper.make_tensor_value_info("nothing", onnx.TensorProto.FLOAT, []))


def test_a_network_that_fails_when_it_runs_is_refused_at_start(
    regression: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("a2f_server.backends.audio2face3d.network.base.verify", lambda *_: None)
    with pytest.raises(ValueError, match=r"network\.onnx cannot be run: it is damaged; download it again"):
        opened(regression, graph=broken(regression, tmp_path, no_axis_fits))


def test_a_damaged_network_is_not_blamed_on_half_precision(regression: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "network.onnx"
    file.write_bytes(regression.network.path.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"network\.onnx cannot be converted to half precision: it is damaged"):
        opened(regression, graph=replace(regression.network, path=file), precision="fp16")


def short_of_memory(network: Network, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Makes batches of more than `most` windows run out of memory."""
    run = network.try_batch

    def limited(size: int) -> None:
        if size > most:
            raise RuntimeError("Failed to allocate memory for requested buffer of size 68719476736")
        run(size)

    monkeypatch.setattr(network, "try_batch", limited)


def test_batches_are_smaller_if_memory_is_short(diffusion: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    network = opened(diffusion)
    assert isinstance(network, Diffusion)
    short_of_memory(network, monkeypatch, most=2)
    with capture_logs() as said:
        network.warm_up((1, 2, 4, 8))
    assert network.buckets == (1, 2)
    assert [(line["event"], line["largest"]) for line in said] == [("memory is short: smaller batches", 2)]
    samples, emotions = sound(diffusion.network, 5), random_emotions(5, diffusion.network.centre)
    assert close(network.run(samples, emotions, [None] * 5)[0], opened_run(diffusion, samples, emotions))


def opened_run(bundle: Bundle, samples: np.ndarray, emotions: np.ndarray) -> np.ndarray:
    network = opened(bundle)
    assert isinstance(network, Diffusion)
    return network.run(samples, emotions, [None] * len(samples))[0]


def test_without_memory_for_one_window_it_does_not_start(one: Regression, monkeypatch: pytest.MonkeyPatch) -> None:
    short_of_memory(one, monkeypatch, most=0)
    with pytest.raises(ValueError, match=r"network\.onnx does not fit into the device's memory"):
        one.warm_up((1, 2))
    assert one.buckets == (1,)


def test_other_errors_at_warm_up_are_not_reported_as_lack_of_memory(
    one: Regression, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(size: int) -> None:
        raise RuntimeError("CUDA failure 700: an illegal memory access was encountered")

    monkeypatch.setattr(one, "try_batch", failing)
    with pytest.raises(RuntimeError, match="700"):
        one.warm_up((1, 2))


def test_a_device_that_fails_at_larger_batches_is_reported(regression: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(network: Regression, buckets: Sequence[int]) -> None:
        raise RuntimeError("CUDA failure 700: an illegal memory access was encountered")

    monkeypatch.setattr(Regression, "warm_up", failing)
    with pytest.raises(ValueError, match=r"700.*A2F_MAX_BATCH=1"):
        open_network(regression.network, projection_of(regression), device="cpu")


def test_a_required_gpu_that_is_missing_is_an_error(regression: Bundle) -> None:
    with pytest.raises(ValueError, match="A2F_DEVICE=cuda requires a GPU"):
        open_network(regression.network, projection_of(regression), device="cuda")


def test_auto_selects_the_cpu_without_a_gpu(regression: Bundle) -> None:
    assert open_network(regression.network, projection_of(regression)).device_kind == "cpu"
