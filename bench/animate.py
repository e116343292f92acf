"""Measures `a2f-server animate`: an hour of speech in 100 files, with one process and with one for each core."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

from machine import describe

VOICE = Path(__file__).parents[1] / "tests/data/voice.wav"


def make_files(folder: Path, files: int, seconds: float) -> None:
    """Writes files of this many seconds: the test voice over and over, each with another beginning."""
    with wave.open(str(VOICE), "rb") as voice:
        sound, rate = voice.readframes(voice.getnframes()), voice.getframerate()
    size = int(seconds * rate) * 2
    for i in range(files):
        start = 2 * (i * 997 % (len(sound) // 2))
        repeated = sound[start:] + sound * (size // len(sound) + 1)
        with wave.open(str(folder / f"{i:05}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(repeated[:size])


def run(folder: Path, jobs: int, arguments: list[str], seconds: float) -> dict[str, object]:
    """Animates the folder; returns times and the largest process."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "a2f_server", "animate", str(folder), "--out", out, "--jobs", str(jobs)]
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "jobs": jobs,
        "cpu_s": round(cpu, 1),
        "times_real_time_per_core": round(seconds / cpu),
        "wall_s": round(wall, 1),
        "times_real_time_wall": round(seconds / wall),
        "largest_process_mib": round(after.ru_maxrss / 1024),
    }


def main() -> None:
    """Prints the results as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=36.0)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, os.cpu_count() or 1])
    parser.add_argument("arguments", nargs="*", help="of animate, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), options.files, options.seconds)
        total = options.files * options.seconds
        rows = [run(Path(folder), jobs, options.arguments, total) for jobs in options.jobs]
    print(json.dumps({"machine": describe(), "files": options.files, "seconds": total, "runs": rows}, indent=1))


if __name__ == "__main__":
    main()
