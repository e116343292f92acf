"""Plays animations in real time in other programs: `animate --live`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from a2f_server import arkit
from a2f_server.animate_command.animator import FileAnimator, FileResult, Plan
from a2f_server.animate_command.inputs import SourceFile
from a2f_server.clip import FaceClip
from a2f_server.live_targets.contract import LiveTarget


def run_live(plan: Plan, sources: Iterable[SourceFile], targets: Sequence[LiveTarget]) -> Iterator[FileResult]:
    """Plays the files one after another; the face rests at the end. Raises what loading the model raises."""
    animator = FileAnimator(replace(plan, formats=["csv"]))  # a profile with other names cannot be played, either
    try:
        for source in sources:
            yield animator.play(source, lambda clip: play(clip, targets))
    finally:
        for target in targets:
            target.send(np.zeros(arkit.COUNT, np.float32), plan.fps)
            target.close()


def play(
    clip: FaceClip,
    targets: Sequence[LiveTarget],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Sends each frame at its time; takes as long as the audio. Frames that are late are left out."""
    begun, interval = clock(), float(1 / clip.fps)
    for i, row in enumerate(clip.weights):
        late = clock() - begun - i * interval
        if late > interval:
            continue
        if late < 0:
            sleep(-late)
        for target in targets:
            target.send(row, clip.fps)
    sleep(max(0.0, begun + clip.duration - clock()))
