"""The files in which each worker keeps its metrics, so that any of them can add up all."""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import values

METRICS = "metrics"
"""The files' folder in the folder of a server."""


def use(folder: Path, number: int) -> None:
    """Keeps the metrics of this process, worker `number`, in files. Call it before there are any metrics.

    A worker that replaces a dead one goes on with its files: counters never go back, and there are no more files.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder / METRICS)
    values.ValueClass = values.MultiProcessValue(process_identifier=lambda: number)  # type: ignore[no-untyped-call]
