"""The styles of Kokoro's 54 voices, and mixtures of them.

A style is a table `[510, 256]`: a row for each number of phonemes. The first 128 numbers are the timbre, the others
the prosody.
"""

from __future__ import annotations

import random
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError

PACKAGE = "kokoro-js@1.2.1"
TIMBRE = 128
Style = NDArray[np.float32]


def download(folder: Path) -> Path:
    """Returns the npm package that holds the styles, downloaded if it is missing (27 MB)."""
    file = folder / (PACKAGE.replace("@", "-") + ".tgz")
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise TrainingError(f"npm could not download {PACKAGE}, the styles of Kokoro's voices: {error}") from None
    return file


def load(package: Path) -> dict[str, Style]:
    """Reads the styles of all voices, by name ("af_heart": American, female) in alphabetical order."""
    out: dict[str, Style] = {}
    with tarfile.open(package) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member) if member.name.endswith(".bin") else None
            if content:
                values = np.frombuffer(content.read(), "<f4").astype(np.float32)
                out[Path(member.name).stem] = values.reshape(-1, 2 * TIMBRE)
    return dict(sorted(out.items()))


def mixed(styles: Mapping[str, Style], voice: str, rng: random.Random) -> tuple[str, Style]:
    """Returns a style near a voice and its name: often with another timbre mixed in, or a livelier or duller prosody.

    The prosody is that of the voice or a mixture, moved away from the mean of all voices or towards it.
    """
    out, name = styles[voice].copy(), voice
    other = rng.choice(list(styles))
    if rng.random() < 0.5:
        share, name = rng.random(), f"{voice}+{other}"
        out[:, :TIMBRE] += share * (styles[other] - out)[:, :TIMBRE]
    if rng.random() < 0.4:
        out[:, TIMBRE:] += 0.5 * (styles[other] - out)[:, TIMBRE:]
    if rng.random() < 0.5:
        mean = _mean_prosody(styles)
        out[:, TIMBRE:] = mean + rng.uniform(0.5, 1.6) * (out[:, TIMBRE:] - mean)
    return name, out


def _mean_prosody(styles: Mapping[str, Style]) -> Style:
    return np.mean([style[:, TIMBRE:] for style in styles.values()], axis=0, dtype=np.float32)
