"""Measures how long a server takes from its start until it is ready."""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from machine import describe, server


def main() -> None:
    """Prints the machine, and the median and maximum seconds until /ping returns 200."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="builtin")
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args()
    took = []
    for _ in range(options.times):
        begun = time.perf_counter()
        with server(backend=options.backend):
            took.append(time.perf_counter() - begun)
    print(json.dumps({"machine": describe()}))
    print(
        json.dumps(
            {"backend": options.backend, "ready_s": {"p50": round(np.median(took), 2), "max": round(max(took), 2)}}
        )
    )


if __name__ == "__main__":
    main()
