"""Measures everything that docs/performance.md says about a GPU, in one run of at most ten minutes.

    python bench/gpu.py --output gpu.jsonl                      # on a machine with a GPU and a2f-server[gpu,fp16]
    python bench/gpu.py --device cpu --small                    # tries the script itself, in two minutes
    pip download -d wheels -c constraints.txt '.[gpu,fp16]'     # for a machine without a network …
    python bench/gpu.py --wheels wheels                         # … where they are installed in a folder of their own

Each line of the output is a step with its figures. If one fails, or takes too long, the line says so, and the next step
follows.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from machine import describe

BENCH = Path(__file__).parent
ROOT = BENCH.parent
KINDS = ("regression", "diffusion")
"""v2.3 and v3.0."""
PRECISIONS = ("fp32", "fp16")
GRACE_S = 5.0
"""Seconds below which no further step begins."""


@dataclass(frozen=True)
class Step:
    """One program to run: its arguments, its settings, and the most seconds that it may take."""

    name: str
    arguments: list[str]
    seconds: float
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sizes:
    """Sizes of the measurements: on a GPU, or as a trial."""

    voices: tuple[int, ...]
    live: tuple[int, ...]
    bundled: tuple[int, ...]
    seconds: float
    full: bool


REAL = Sizes(
    voices=(1, 10, 50, 200, 1000, 4000), live=(200, 1000, 2000, 4000), bundled=(16, 64, 200), seconds=6, full=True
)
SMALL = Sizes((1, 10), live=(4,), bundled=(2,), seconds=2, full=False)


def steps(device: str, sizes: Sizes, bundles: Path) -> Iterator[Step]:
    """Yields the steps, the most important ones first."""
    seconds, live, bundled = str(sizes.seconds), list(map(str, sizes.live)), list(map(str, sizes.bundled))
    for precision in PRECISIONS:
        chosen = {"A2F_DEVICE": device, "A2F_PRECISION": precision, "A2F_BACKEND": "builtin"}
        voices = list(map(str, sizes.voices))
        steps_of = ["bench/steps.py", "--device", device, "--precision", precision, "--rates", "16000"]
        yield Step(f"builtin {precision}: steps", [*steps_of, "--seconds", "1.5", "--voices", *voices], 60)
        yield Step(
            f"builtin {precision}: streams", ["bench/engine.py", "--seconds", seconds, "--streams", *live], 90, chosen
        )
    for kind in KINDS:
        folder = bundles / kind
        size = ["--full"] if sizes.full else []
        yield Step(f"{kind}: bundle", ["-m", "tools.fake_bundles", str(folder), "--kind", kind, *size], 120)
        check = ["-m", "a2f_server", "models", "check", str(folder), "--device", device]
        yield Step(f"{kind}: one call and memory", check, 90)
        for precision in PRECISIONS:
            chosen = {
                "A2F_DEVICE": device,
                "A2F_PRECISION": precision,
                "A2F_MODEL_DIR": str(folder),
                "A2F_BACKEND": "audio2face3d",
                "A2F_SOLVER": "batched",
            }
            run = ["bench/engine.py", "--seconds", seconds, "--streams", *bundled]
            yield Step(f"{kind} {precision}: streams", run, 90, chosen)
    yield Step("builtin: half precision", ["bench/precision.py", "--device", device], 60)


def run(step: Step, limit: float, python: dict[str, str]) -> dict[str, object]:
    """Runs a step; returns its lines, parsed where they are JSON, and how it ended."""
    begun = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, *step.arguments],
            check=False,
            cwd=ROOT,
            env=os.environ | python | step.settings,
            capture_output=True,
            text=True,
            timeout=min(step.seconds, limit),
        )
        out, error = done.stdout, done.stderr if done.returncode else ""
    except subprocess.TimeoutExpired as late:
        out, error = _text(late.stdout), "it took too long"
    lines = [_parsed(line) for line in out.splitlines() if line.strip()]
    result = {"step": step.name, "seconds": round(time.perf_counter() - begun, 1), "lines": lines}
    return result | ({"error": error[-1500:]} if error else {})


def _parsed(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _text(output: str | bytes | None) -> str:
    return output.decode() if isinstance(output, bytes) else output or ""


def installed(wheels: Path | None, folder: Path) -> dict[str, str]:
    """Installs the wheels into the folder; returns the environment in which Python finds them and this checkout."""
    paths = [str(ROOT / "a2f-server/src"), str(ROOT)]
    if wheels:
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(folder)]
        subprocess.run([*pip, *map(str, sorted(wheels.glob("*.whl")))], check=True)
        paths.append(str(folder))
    return {"PYTHONPATH": os.pathsep.join(paths)}


def main() -> None:
    """Runs all steps within the time, and writes a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--small", action="store_true", help="small models, few streams: tries the script")
    parser.add_argument("--minutes", type=float, default=9.5, help="no step goes on beyond that")
    parser.add_argument("--wheels", type=Path, help="folder of wheels to install first")
    parser.add_argument("--output", type=Path, help="file for the lines, also printed")
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    with TemporaryDirectory() as folder:
        python = installed(options.wheels, Path(folder) / "packages")
        _report({"machine": describe(), "gpu": _gpu()}, options.output)
        for step in steps(options.device, SMALL if options.small else REAL, Path(folder)):
            left = end - time.monotonic()
            result = run(step, left, python) if left > GRACE_S else {"step": step.name, "error": "no time was left"}
            _report(result, options.output)


def _gpu() -> str:
    """Returns the GPU's name, memory and driver; empty without one."""
    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _report(line: dict[str, object], output: Path | None) -> None:
    text = json.dumps(line)
    print(text, flush=True)
    if output:
        with output.open("a", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
