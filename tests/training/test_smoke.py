"""The whole way, tiny: speak, measure, train, go on after a stop, export, serve."""

from __future__ import annotations

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

torch = pytest.importorskip("torch", reason="training needs torch: make test installs it")
if missing := [p for p in ("espeak-ng", "flite", "festival") if not shutil.which(p)]:
    pytest.skip(f"{missing} not installed: scripts/synthesisers.sh few", allow_module_level=True)

from training import corpus, dataset, export, network, parts, rig, train  # noqa: E402
from training.jobs import Unfit  # noqa: E402
from training.vary import vary  # noqa: E402

RATE = 16000


def run(folder: Path, epochs: int) -> str:
    command = [sys.executable, "-m", "training", "--smoke", "--folder", str(folder), "--epochs", str(epochs)]
    done = subprocess.run(
        [*command, "--output", str(folder / "model.onnx")], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run")
    (out / "told").write_text(run(out, 1))
    return out


def test_a_stopped_run_goes_on(folder: Path) -> None:
    spoken = {file: file.stat().st_mtime_ns for file in (folder / "corpus").iterdir()}
    told = run(folder, 2)
    assert "epoch 2/2" in told
    assert "epoch 1/2" not in told
    assert spoken == {file: file.stat().st_mtime_ns for file in (folder / "corpus").iterdir()}
    assert lost(told) < lost((folder / "told").read_text()), "it learns"


def lost(told: str) -> float:
    return float(re.findall(r"loss ([\d.]+)", told)[-1])


def test_every_synthesiser_speaks_and_says_when(folder: Path) -> None:
    files = sorted((folder / "corpus").glob("*.npz"))
    assert [f.name.split("-")[0] for f in files] == ["espeak", "festival", "flite"]
    for file in files:
        utterances = list(corpus.load(file))
        for spoken in utterances:
            times = [t for p in spoken.said for t in (p.start, p.end)]
            assert times == sorted(times)
            assert abs(times[-1] - len(spoken.samples) / RATE) < 0.06
            assert len({p.name for p in spoken.said}) > 3
        vowels, pauses = power(utterances, ("AA", "IY", "AH", "EH")), power(utterances, ("SIL",))
        assert vowels > 5 * pauses, "vowels are louder than pauses"


def power(utterances: list[corpus.Spoken], names: tuple[str, ...]) -> float:
    pieces = [
        utterance.samples[int(phone.start * RATE) : int(phone.end * RATE)]
        for utterance in utterances
        for phone in utterance.said
        if phone.name in names
    ]
    return float(np.square(np.concatenate(pieces)).mean())


def test_what_was_spoken_before_changes_nothing(tmp_path: Path) -> None:
    first, second = [replace(p, seconds=6.0) for p in parts.parts() if p.engine == "espeak"][:2]
    _, after = corpus.make(tmp_path / "both", [first, second], workers=1)
    (alone,) = corpus.make(tmp_path / "alone", [second], workers=1)
    with np.load(after) as one, np.load(alone) as other:
        assert np.array_equal(one["samples"], other["samples"])
        assert np.array_equal(one["times"], other["times"])


def test_a_missing_voice_is_an_error(tmp_path: Path) -> None:
    part = replace(parts.few(1.0)[1], voice="nobody")
    with pytest.raises(RuntimeError, match=r"voice_nobody.*scripts/synthesisers\.sh"):
        corpus.make(tmp_path, [part], workers=1)


def test_what_cannot_be_exported_is_refused(folder: Path, tmp_path: Path) -> None:
    assert "nothing was trained" in refused("--epochs", "0", "--folder", str(tmp_path))
    with pytest.raises(Unfit, match="another size"):
        train.Run(folder, train.Plan(), network.Size())


def refused(*options: str) -> str:
    done = subprocess.run([sys.executable, "-m", "training", *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    return done.stdout


def test_the_same_seed_hears_the_same_scenes(folder: Path, tmp_path: Path) -> None:
    spoken = sorted((folder / "corpus").glob("*.npz"))[:1]
    (again,) = dataset.make(spoken, tmp_path, workers=1)
    with np.load(again) as new, np.load(folder / "scenes" / again.name) as old:
        assert all(np.array_equal(new[name], old[name]) for name in ("heard", "names", "times"))


def test_the_graph_is_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Features, network and rig in numpy and torch, against the exported graph in the server's hands."""
    net = smoke_network(folder)
    file = folder / "again.onnx"
    export.save(net, rig.load(), file)
    monkeypatch.setattr(builtin, "GRAPH", file)
    sound = buzz(dataset.STEPS / 50, RATE)
    backend = BuiltinBackend("cpu")
    one = utterance(backend, RATE, 50, motion=[])
    one.write(sound)
    one.end()
    served = np.concatenate(pump(backend, one)).astype(np.float64) / 65535
    with torch.no_grad():
        raw = net(torch.from_numpy(dataset.features(sound))[None])[0][0].numpy()
    shown = rig.load()(raw)[train.LEAD :]
    assert np.abs(served[: len(shown)] - shown).max() < 0.005, "float16 weights"


def smoke_network(folder: Path) -> network.Network:
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    net = network.Network(network.Size(**state["size"]))
    net.load_state_dict(state["averaged"])
    return net.eval()


def test_the_network_hears_nothing_that_comes_later(folder: Path) -> None:
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
    heard = torch.rand(8, 20, network.FEATURES) * 4
    varied = vary(heard, rng)
    assert varied.shape == heard.shape
    assert (varied >= 0).all()
    assert not torch.equal(varied, heard)
    assert not vary(torch.zeros(8, 20, network.FEATURES), rng).any(), "silence stays silence"
