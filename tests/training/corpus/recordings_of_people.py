"""A tiny folder of recordings: two speakers with phone times, one of them held out, and one in another language."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 16000
TRAINED = ("anna", "otto")
HELD_OUT = "mona"
CREDIT = "Voices of the Town, CC BY 4.0"
SECONDS = 0.15
"""Length of a phone."""
ENGLISH = ("SIL", "B", "AA", "M", "IY", "P", "UW", "SIL")
ROWS = (
    *(("anna.wav", "anna", "en", "bah me poo"), ("mona.wav", HELD_OUT, "en", "bah me poo")),
    ("otto.wav", "otto", "de", "Mama, Papa, wo?"),
)


def write(folder: Path) -> Path:
    """Writes recordings, manifest.tsv, phones.tsv (of the English ones) and dev_speakers.txt."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    lines, phones = ["file\tspeaker\tlanguage\ttranscript\tattribution"], ["file\tphone\tstart\tend"]
    for file, speaker, language, transcript in ROWS:
        soundfile.write(folder / file, sound(rng, repeats=8 if speaker == "anna" else 2), RATE)
        lines.append(f"{file}\t{speaker}\t{language}\t{transcript}\t{CREDIT}")
        if language == "en":
            names = ENGLISH * (8 if speaker == "anna" else 2)
            phones += [f"{file}\t{name}\t{i * SECONDS:.2f}\t{(i + 1) * SECONDS:.2f}" for i, name in enumerate(names)]
    (folder / "manifest.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "phones.tsv").write_text("\n".join(phones) + "\n", "utf-8")
    (folder / "dev_speakers.txt").write_text(f"{HELD_OUT}\n")
    return folder


def sound(rng: np.random.Generator, repeats: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Returns noise that is quiet where ENGLISH has pauses."""
    levels = np.repeat([0.001 if name == "SIL" else 0.1 for name in ENGLISH * repeats], int(SECONDS * RATE))
    return (levels * rng.standard_normal(len(levels))).astype(np.float32)
