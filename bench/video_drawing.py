"""Measures rendering on one thread: CPU milliseconds per frame of a talking, swaying head, at several sizes.

Arguments: GLB files; by default the head of the page.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from a2f_server import arkit
from a2f_server.drawing.renderer import Renderer
from a2f_server.drawing.warm_up import warm_up
from a2f_server.video.head_motion import SpeakingHead
from machine import describe

HEAD = Path(__file__).parents[1] / "web/avatar/head.glb"
SIZES = ((256, 256), (384, 384), (512, 512), (720, 720), (1280, 720))
FRAMES, FPS = 100, 25


def faces() -> np.ndarray:
    """`[FRAMES, 52]`: a mouth that speaks, and two blinks."""
    time_s = np.arange(FRAMES) / FPS
    weights = np.zeros((FRAMES, arkit.COUNT), np.float32)
    for name, most, hertz in (
        ("jawOpen", 0.5, 3.1),
        ("mouthFunnel", 0.4, 1.7),
        ("mouthClose", 0.1, 2.3),
        ("mouthLowerDownLeft", 0.3, 2.9),
        ("mouthLowerDownRight", 0.3, 2.9),
        ("mouthStretchLeft", 0.2, 1.3),
        ("mouthStretchRight", 0.2, 1.3),
        ("browInnerUp", 0.2, 0.4),
    ):
        weights[:, arkit.INDEX[name]] = most * (0.5 + 0.5 * np.sin(2 * np.pi * hertz * time_s))
    for side in ("Left", "Right"):
        weights[20:25, arkit.INDEX[f"eyeBlink{side}"]] = weights[70:75, arkit.INDEX[f"eyeBlink{side}"]] = 1
    return weights


def measure(path: Path, width: int, height: int) -> dict[str, object]:
    """Returns the CPU time for preparing an avatar and for rendering a frame."""
    begun = time.thread_time()
    renderer = Renderer.from_glb(path.read_bytes(), width, height)
    prepared = time.thread_time() - begun
    head, took = SpeakingHead(0), []
    for number, weights in enumerate(faces()):
        pose = head.move(number / FPS, 0.2, weights)
        begun = time.thread_time()
        renderer.draw(weights, pose)
        took.append((time.thread_time() - begun) * 1000)
    least, p50, p95 = np.percentile(took[5:], [5, 50, 95])
    return {
        "avatar": path.name,
        "size": f"{width}x{height}",
        "prepare_ms": round(prepared * 1000),
        "ms_a_frame": {"p5": round(least, 2), "p50": round(p50, 2), "p95": round(p95, 2)},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Prints the machine and a line for each avatar and size."""
    print(json.dumps({"machine": describe()}))
    begun = time.thread_time()
    warm_up()
    print(json.dumps({"warm_up_s": round(time.thread_time() - begun, 2)}), flush=True)
    for path in [Path(name) for name in sys.argv[1:]] or [HEAD]:
        for width, height in SIZES:
            print(json.dumps(measure(path, width, height)), flush=True)


if __name__ == "__main__":
    main()
