"""Converts the networks of MediaPipe's `face_landmarker.task` (Apache-2.0) to ONNX.

pip install tflite onnx
python -m tools.face_networks face_landmarker.task
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from tools.face_networks.converter import convert
from tools.face_networks.graph import Graph

FOLDER = Path(__file__).parents[2] / "a2f-server/src/a2f_server/portrait/networks"
NETWORKS = {"face_detector": "face_detector", "face_landmarks_detector": "face_landmarks"}
"""Names in the task file, and in this package."""


def main() -> None:
    with zipfile.ZipFile(sys.argv[1]) as task:
        for theirs, ours in NETWORKS.items():
            path = FOLDER / f"{ours}.onnx"
            path.write_bytes(convert(Graph(task.read(f"{theirs}.tflite"))).SerializeToString())
            print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
