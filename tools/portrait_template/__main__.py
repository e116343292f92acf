"""Writes the portraits' template.

python -m tools.portrait_template face_landmarker.task
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tools.portrait_template import build

FILE = Path(__file__).parents[2] / "a2f-server/src/a2f_server/portrait/template.npz"


def main() -> None:
    """Builds it from the canonical face of MediaPipe's task file."""
    arrays = build.build(Path(sys.argv[1]))
    np.savez_compressed(FILE, allow_pickle=False, **arrays)
    print(
        f"{FILE.name}: {len(arrays['at'])} vertices, {len(arrays['triangles'])} triangles, {FILE.stat().st_size} bytes"
    )


if __name__ == "__main__":
    main()
