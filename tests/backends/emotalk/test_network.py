"""EmoTalk's network and checkpoint."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="emotalk needs torch: make test installs it")
transformers = pytest.importorskip("transformers", reason="emotalk needs transformers: make test installs it")

from a2f_server.backends.emotalk import checkpoint  # noqa: E402
from a2f_server.backends.emotalk.backend import EmoTalkBackend  # noqa: E402
from a2f_server.backends.emotalk.encoders import resized  # noqa: E402
from a2f_server.backends.emotalk.network import EmoTalk, causal_bias  # noqa: E402
from a2f_server.backends.sequence.normalisation import normalise  # noqa: E402
from tools.sequence_networks.emotalk_names import Sizes, shapes  # noqa: E402
from tools.sequence_networks.writing import write  # noqa: E402


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    return write(tmp_path_factory.mktemp("emotalk"), "emotalk")


@pytest.fixture(scope="module")
def network(file: Path) -> EmoTalk:
    return checkpoint.load(file, "cpu")


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, int(seconds * 16000)).astype(np.float32)


def test_the_published_checkpoint_fits() -> None:
    """The network of the published sizes has all its parameters and no others."""
    with torch.device("meta"):
        network = EmoTalk(shapes(Sizes()))
        state = {name: torch.empty(shape) for name, shape in shapes(Sizes()).items()}
        network.load_state_dict(state, strict=True, assign=True)
    assert network.audio_encoder_cont.config.num_attention_heads == 16
    assert network.audio_encoder_cont.config.num_hidden_layers == 24
    assert network.audio_encoder_cont.config.num_conv_pos_embedding_groups == 16


def test_attention_is_eager(network: EmoTalk) -> None:
    assert network.audio_encoder_cont.config._attn_implementation == "eager"
    assert network.audio_encoder_emo.wav2vec2.config._attn_implementation == "eager"


@pytest.mark.parametrize("frames", [1, 2, 29, 31, 108])
def test_one_row_for_each_frame(network: EmoTalk, frames: int) -> None:
    with torch.inference_mode():
        weights = network(torch.from_numpy(noise(frames / 30)), frames, 1, 0)
    assert weights.shape == (frames, 52)
    assert torch.isfinite(weights).all()


def test_level_and_person_matter(network: EmoTalk) -> None:
    audio = torch.from_numpy(noise(1))
    with torch.inference_mode():
        base, level, person = (network(audio, 30, *choice) for choice in ((1, 0), (0, 0), (1, 5)))
    assert not torch.allclose(base, level)
    assert not torch.allclose(base, person)


def test_the_bias_of_the_attention() -> None:
    """Compares with a table written out by hand: slopes .25, .0625, …, a step every 30 frames."""
    bias = causal_bias(95)
    for head, slope in enumerate((0.25, 0.0625, 0.015625, 0.00390625)):
        for i, j in ((0, 0), (29, 0), (30, 0), (59, 0), (60, 0), (94, 0), (94, 70)):
            assert bias[head, i, j] == -slope * ((i - j) // 30)
        assert all(bias[head, i, j] == -math.inf for i, j in ((0, 1), (30, 94)))


def test_interpolation_keeps_both_ends() -> None:
    x = torch.arange(10.0)[None, :, None]
    assert resized(x, 19)[0, :, 0].tolist() == [i / 2 for i in range(19)]


def test_normalisation_is_that_of_transformers() -> None:
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=True, return_attention_mask=False)
    audio = noise(2) * 0.1 + 0.03
    wanted = extractor(audio, sampling_rate=16000, return_tensors="np").input_values[0]
    assert np.allclose(normalise(audio), wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("bs_map_r.bias"), "bs_map_r.bias"),
        (lambda state: state.pop("obj_vector_level.weight"), "it has no obj_vector_level.weight"),
        (lambda state: state.update(extra=torch.zeros(1)), "extra"),
        (lambda state: state.update({"bs_map_r.bias": torch.zeros(51)}), "size mismatch"),
        (lambda state: state.clear(), "it has no"),
    ],
)
def test_loading_is_strict(file: Path, tmp_path: Path, change: object, words: str) -> None:
    state = torch.load(file, weights_only=True)
    change(state)  # type: ignore[operator]
    torch.save(state, tmp_path / "EmoTalk.pth")
    with pytest.raises(ValueError, match=r"EmoTalk\.pth is not EmoTalk's checkpoint") as caught:
        checkpoint.load(tmp_path / "EmoTalk.pth", "cpu")
    assert words in str(caught.value)


def test_parameters_of_a_parallel_training(file: Path, tmp_path: Path) -> None:
    state = {f"module.{name}": tensor for name, tensor in torch.load(file, weights_only=True).items()}
    torch.save(state, tmp_path / "EmoTalk.pth")
    assert checkpoint.load(tmp_path / "EmoTalk.pth", "cpu").bs_map_r.out_features == 52


def test_files_that_are_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"EmoTalk\.pth is missing"):
        EmoTalkBackend(tmp_path, "cpu")
    (tmp_path / "EmoTalk.pth").write_bytes(b"no")
    with pytest.raises(ValueError, match="is not EmoTalk's checkpoint"):
        checkpoint.load(tmp_path / "EmoTalk.pth", "cpu")


def test_a_file_or_its_folder(file: Path) -> None:
    for place in (file, file.parent):
        backend = EmoTalkBackend(place, "cpu")
        assert backend.model == {"name": "EmoTalk", "licence": "CC BY-NC 4.0"}
        assert backend.columns[8:10] == [None, None], "the lids"
