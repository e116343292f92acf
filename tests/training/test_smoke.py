"""The whole training on a tiny scale: synthesise, train, resume, export, serve."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from a2f_server.backends.builtin import backend as builtin
from a2f_server.backends.builtin.backend import BuiltinBackend
from tests.support.sounds import buzz
from tests.support.streaming import pump, utterance
from tests.training.corpus import neural_voices_stand_in as neural_voices
from tests.training.corpus import recordings_of_people as recordings

torch = pytest.importorskip("torch", reason="training needs torch: make test installs it")
if missing := [p for p in ("espeak-ng", "flite", "festival") if not shutil.which(p)]:
    pytest.skip(f"{missing} not installed: scripts/synthesisers.sh few", allow_module_level=True)

from training import phones  # noqa: E402
from training.augmentation.features import augment_features  # noqa: E402
from training.corpus import parts  # noqa: E402
from training.corpus.people import phone_network, viterbi  # noqa: E402
from training.corpus.synthesisers import parts as synthesisers  # noqa: E402
from training.corpus.utterance import CorpusUtterance, load  # noqa: E402
from training.errors import TrainingError  # noqa: E402
from training.evaluation.recordings.own_folder import own_folder  # noqa: E402
from training.face import rig  # noqa: E402
from training.network import examples, export, model_file, network, training_run  # noqa: E402

RATE = 16000


def run(folder: Path, epochs: int) -> str:
    """Trains on all three kinds of material, with stand-ins for the packages of neural voices."""
    command = [sys.executable, "-m", "training", "--smoke", "--folder", str(folder), "--epochs", str(epochs)]
    command += ["--neural", "--people", str(folder / "recordings"), "--output", str(folder / "model.onnx")]
    environment = {**os.environ, "PYTHONPATH": str(folder / "stand-ins")}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    neural_voices.write(out / "stand-ins", out / "packages")
    recordings.write(out / "recordings")
    (out / "output").write_text(run(out, 1))
    return out


def test_a_stopped_run_goes_on(folder: Path) -> None:
    corpus = {file: file.stat().st_mtime_ns for file in (folder / "corpus").iterdir()}
    output = run(folder, 2)
    assert "epoch 2/2" in output
    assert "epoch 1/2" not in output
    assert corpus == {file: file.stat().st_mtime_ns for file in (folder / "corpus").iterdir()}
    assert final_loss(output) < final_loss((folder / "output").read_text()), "it learns"


def final_loss(output: str) -> float:
    return float(re.findall(r"loss ([\d.]+)", output)[-1])


def test_every_synthesiser_speaks_and_reports_phone_times(folder: Path) -> None:
    files = [f for name in ("espeak", "festival", "flite") for f in (folder / "corpus").glob(f"{name}-*.npz")]
    assert len(files) == 3
    for file in files:
        utterances = list(load(file))
        for spoken in utterances:
            times = [t for p in spoken.phones for t in (p.start, p.end)]
            assert times == sorted(times)
            assert abs(times[-1] - len(spoken.samples) / RATE) < 0.06
            assert len({p.name for p in spoken.phones}) > 3
        vowels, pauses = power(utterances, ("AA", "IY", "AH", "EH")), power(utterances, ("SIL",))
        assert vowels > 5 * pauses, "vowels are louder than pauses"


def test_neural_voices_and_people_are_in_the_corpus(folder: Path) -> None:
    names = [f.name.split("-")[0] for f in (folder / "corpus").glob("*.npz")]
    assert {"kokoro", "hibari", "people"} < set(names)
    assert "of 1 held-out recordings aligned" in (folder / "output").read_text()


def test_speakers_for_measuring_are_not_trained_on(folder: Path) -> None:
    voices = {spoken.voice for file in (folder / "corpus").glob("people-*.npz") for spoken in load(file)}
    assert f"people {recordings.TRAINED[0]}" in voices
    assert f"people {recordings.HELD_OUT}" not in voices


def test_the_speakers_for_measuring_can_be_evaluated(folder: Path) -> None:
    measured = own_folder(folder / "held-out")
    assert {one.speaker for one in measured.recordings} == {recordings.HELD_OUT}
    assert "language en" in measured.by_group()


def test_the_credit_of_the_material_is_beside_the_weights(folder: Path) -> None:
    lines = (folder / "attribution.txt").read_text("utf-8").splitlines()
    assert recordings.CREDIT in lines
    assert any("Kokoro" in line for line in lines)
    assert any("espeak-ng" in line for line in lines)


def power(utterances: list[CorpusUtterance], names: tuple[str, ...]) -> float:
    pieces = [
        utterance.samples[int(phone.start * RATE) : int(phone.end * RATE)]
        for utterance in utterances
        for phone in utterance.phones
        if phone.name in names
    ]
    return float(np.square(np.concatenate(pieces)).mean())


def test_earlier_utterances_do_not_change_the_result(tmp_path: Path) -> None:
    first, second = [replace(p, seconds=6.0) for p in synthesisers.parts() if p.engine == "espeak"][:2]
    _, after = parts.make(tmp_path / "both", [first, second], "both", workers=1)
    (alone,) = parts.make(tmp_path / "alone", [second], "alone", workers=1)
    with np.load(after) as one, np.load(alone) as other:
        assert np.array_equal(one["samples"], other["samples"])
        assert np.array_equal(one["times"], other["times"])


def test_a_missing_voice_is_an_error(tmp_path: Path) -> None:
    part = replace(synthesisers.smoke_parts(1.0)[1], voice="nobody")
    with pytest.raises(RuntimeError, match=r"voice_nobody.*scripts/synthesisers\.sh"):
        parts.make(tmp_path, [part], "nobody", workers=1)


def test_an_impossible_export_is_refused(folder: Path, tmp_path: Path) -> None:
    assert "nothing was trained" in refused("--epochs", "0", "--folder", str(tmp_path))
    with pytest.raises(TrainingError, match="another size"):
        training_run.TrainingRun(folder, training_run.TrainingPlan(), network.NetworkSize())


def refused(*options: str) -> str:
    done = subprocess.run([sys.executable, "-m", "training", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    return done.stdout


def test_the_same_seed_makes_the_same_scenes(folder: Path, tmp_path: Path) -> None:
    spoken = sorted((folder / "corpus").glob("*.npz"))[:1]
    (again,) = examples.make_scenes(spoken, tmp_path, workers=1)
    with np.load(again) as new, np.load(folder / "scenes" / again.name) as old:
        assert all(np.array_equal(new[name], old[name]) for name in ("features", "names", "times"))


def test_the_graph_is_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compares features, network and rig in numpy and torch with the exported graph in the server."""
    net = smoke_network(folder)
    file = folder / "again.onnx"
    export.save(net, rig.load(), file)
    monkeypatch.setattr(builtin, "GRAPH", file)
    sound = buzz(examples.STEPS / 50, RATE)
    backend = BuiltinBackend("cpu")
    one = utterance(backend, RATE, 50, motion=[])
    one.write(sound)
    one.end()
    served = np.concatenate(pump(backend, one)).astype(np.float64) / 65535
    with torch.no_grad():
        raw = net(torch.from_numpy(examples.features(sound))[None])[0][0].numpy()
    expected = rig.load()(raw)[training_run.LEAD :]
    assert np.abs(served[: len(expected)] - expected).max() < 0.005, "float16 weights"


def test_a_model_file_is_read_back_into_a_larger_network(folder: Path, tmp_path: Path) -> None:
    old, file = smoke_network(folder), tmp_path / "model.onnx"
    export.save(old, rig.load(), file)
    grown = network.LipSyncNetwork(network.NetworkSize(width=40, dilations=(1, 4, 2))).eval()
    features = torch.from_numpy(examples.features(buzz(examples.STEPS / 50, RATE)))[None]
    model_file.load(file, grown, rig.load(), features)
    with torch.no_grad():
        assert torch.allclose(grown(features)[0], old(features)[0], atol=0.03), "float16 weights"


def test_a_model_file_does_not_fit_a_smaller_network(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    export.save(smoke_network(folder), rig.load(), file)
    for width, dilations, message in ((16, (1, 2), "wider"), (32, (2, 1), "lacks")):
        small = network.LipSyncNetwork(network.NetworkSize(width=width, dilations=dilations))
        with pytest.raises(TrainingError, match=message):
            model_file.load(file, small, rig.load(), torch.rand(1, 50, network.FEATURES))


def test_training_goes_on_from_a_model_file(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    export.save(smoke_network(folder), rig.load(), file)
    scenes = examples.load(sorted((folder / "scenes").glob("*.npz"))[:1], workers=1)
    run = training_run.TrainingRun(tmp_path, training_run.TrainingPlan(batch=2), smoke_network(folder).size)
    run.start_from(file, scenes)
    with torch.no_grad():
        features = torch.from_numpy(scenes.features[:1].astype(np.float32))
        jaw, start = (net.eval()(features)[0][..., 0].numpy() for net in (run.averaged, smoke_network(folder)))
    assert np.corrcoef(jaw.ravel(), start.ravel())[0, 1] > 0.5, "it is the file's, hardly trained"


class Energy(torch.nn.Module):
    """Calls a step silence or a vowel by its energy, with the look-ahead of a trained network."""

    def forward(self, x: torch.Tensor) -> tuple[None, torch.Tensor]:
        loud = network.delayed(x.mean(-1, keepdim=True), training_run.LEAD)[..., 0] > 0.5
        scores = torch.zeros(*loud.shape, len(phones.NAMES))
        scores[..., phones.NAMES.index("SIL")] = torch.where(loud, 0.0, 9.0)
        scores[..., phones.NAMES.index("AA")] = torch.where(loud, 9.0, 0.0)
        return None, scores


def test_phones_are_aligned_in_time_with_the_sound(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(phone_network, "_load", lambda _: (Energy(), np.zeros(len(phones.NAMES))))
    sound = np.concatenate([np.zeros(RATE // 2, np.float32), buzz(0.5, RATE), np.zeros(RATE // 2 + 77, np.float32)])
    found = viterbi.align(phone_network.log_likelihoods(tmp_path, sound), [("AA",)])
    assert found is not None
    assert [p.name for p in found] == ["SIL", "AA", "SIL"]
    assert [p.end for p in found] == pytest.approx([0.5, 1.0, len(sound) / RATE], abs=0.02)


def test_a_text_that_is_not_said_gains_nothing() -> None:
    scores = np.zeros((40, len(phones.NAMES)))
    for start, name in ((0, "AA"), (10, "S"), (20, "M"), (30, "IY")):
        scores[start : start + 10, phones.NAMES.index(name)] = 5
    right, wrong = [("AA", "S"), ("M", "IY")], [("UW", "K", "UW")]
    gains = [phone_network.gain(scores, viterbi.align(scores, words) or [], words) for words in (right, wrong)]
    assert gains[0] > 0.5
    assert gains[1] == 0.0


def test_the_prior_is_how_often_phones_occur(tmp_path: Path) -> None:
    phone_network.save_prior(tmp_path, np.repeat([0, 1], [3000, 1000]).astype(np.uint8))
    prior = np.exp(np.load(tmp_path / phone_network.PRIOR))
    assert prior.sum() == pytest.approx(1)
    assert prior[0] / prior[1] == pytest.approx(3, rel=0.01)


def smoke_network(folder: Path) -> network.LipSyncNetwork:
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    net = network.LipSyncNetwork(network.NetworkSize(**state["size"]))
    net.load_state_dict(state["averaged"])
    return net.eval()


def test_the_network_is_causal(folder: Path) -> None:
    net = smoke_network(folder)
    x = torch.rand(1, 60, network.FEATURES)
    y = x.clone()
    y[:, 40:] = 0
    with torch.no_grad():
        assert torch.equal(net(x)[0][:, :40], net(y)[0][:, :40])


def test_missing_synthesisers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "scripts/synthesisers.sh" in refused("--smoke", "--folder", str(tmp_path))


def test_examples_are_varied_but_stay_features() -> None:
    rng = np.random.default_rng(0)
    features = torch.rand(8, 20, network.FEATURES) * 4
    varied = augment_features(features, rng)
    assert varied.shape == features.shape
    assert (varied >= 0).all()
    assert not torch.equal(varied, features)
    silence = augment_features(torch.zeros(200, 20, network.FEATURES), rng)
    humming = silence.any(dim=-1).any(dim=-1)
    assert 10 < humming.sum() < 60, "one scene in seven hums"
    assert (silence == silence[:, :1]).all(), "steadily"
