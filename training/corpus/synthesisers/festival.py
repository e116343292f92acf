"""Speech by the programs festival and flite."""

from __future__ import annotations

import random
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import soundfile

from training import phones
from training.corpus.synthesisers.espeak import TimedSpeech
from training.phones import Phone


def flite(text: str, voice: str, rng: random.Random) -> TimedSpeech:
    """Speaks one sentence with a flite voice at a random rate."""
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder, "out.wav")
        stretch = f"duration_stretch={rng.uniform(0.8, 1.25):.2f}"
        command = ["flite", "-voice", voice, "--sets", stretch, "-t", text, "-psdur", "-o", str(wave)]
        timings = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
        samples, rate = soundfile.read(wave, dtype="int16")
    ends = [entry.rsplit(":", 1) for entry in timings.split()]
    return samples, rate, _phones([(name, float(end)) for name, end in ends], "arpa")


def festival(texts: list[str], voice: str, table: str, encoding: str, rng: random.Random) -> list[TimedSpeech]:
    """Speaks sentences with one festival voice and skips those it fails on. Raises RuntimeError if all fail."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "say.scm")
        lines = [f"(voice_{voice})"]
        for i, text in enumerate(texts):
            plain = text.replace('"', "").replace("\\", "")
            plain = plain if encoding != "ascii" else _plain(plain)
            lines.append(f"(Parameter.set 'Duration_Stretch {rng.uniform(0.8, 1.25):.2f})")
            lines.append(f'(unwind-protect (begin (set! u (utt.synth (Utterance Text "{plain}")))')
            lines.append(f'(utt.save.wave u "{folder}/{i}.wav" \'riff)(utt.save.segs u "{folder}/{i}.seg")) nil)')
        script.write_bytes("\n".join(lines).encode(encoding, "ignore"))
        done = subprocess.run(["festival", "--batch", str(script)], check=False, capture_output=True, timeout=600)
        made = [Path(folder, str(i)) for i in range(len(texts)) if Path(folder, f"{i}.seg").exists()]
        if not made:
            raise RuntimeError(_failure(voice, done.stderr))
        return [_read(path, table) for path in made]


def _failure(voice: str, stderr: bytes) -> str:
    """Returns the message for a run without any speech: most likely the voice is not installed."""
    last = "; ".join(stderr.decode("utf-8", "replace").splitlines()[-3:])
    return f"festival's {voice} produced no speech: {last} (scripts/synthesisers.sh installs the voices)"


def _plain(text: str) -> str:
    """Removes accents, for voices that read ASCII."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _read(path: Path, table: str) -> TimedSpeech:
    samples, rate = soundfile.read(path.with_suffix(".wav"), dtype="int16")
    rows = [line.split() for line in path.with_suffix(".seg").read_text("latin-1").splitlines()[1:]]
    return samples, rate, _phones([(row[2], float(row[0])) for row in rows if len(row) == 3], table)


def _phones(ends: list[tuple[str, float]], table: str) -> list[Phone]:
    out, start = [], 0.0
    for name, end in ends:
        if end > start:
            out += phones.spread(phones.table(table)[name], start, end)
            start = end
    return out
