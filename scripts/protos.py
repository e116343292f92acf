"""Generates the Python code of the gRPC messages from their .proto files. With `--check` it only compares."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from grpc_tools import protoc

SOURCE = Path(__file__).parents[1] / "a2f-server/src"
FOLDER = SOURCE / "a2f_server/grpc_server/protos"
IMPORT = "from a2f_server.grpc_server.protos import POOL"
DEFAULT = "DESCRIPTOR = _descriptor_pool.Default()."
"""What protoc writes; the messages are in a pool of their own instead (protos/__init__.py)."""


def generate() -> dict[str, str]:
    """Returns the generated files by name. Raises RuntimeError if protoc refuses a .proto file."""
    with TemporaryDirectory() as folder:
        protos = [str(path) for path in sorted(FOLDER.glob("*.proto"))]
        out = [f"--python_out={folder}", f"--pyi_out={folder}"]
        well_known = Path(protoc.__file__).parent / "_proto"
        if protoc.main(["protoc", f"-I{SOURCE}", f"-I{well_known}", *out, *protos]):
            raise RuntimeError("protoc failed")
        made = (Path(folder) / "a2f_server/grpc_server/protos").iterdir()
        return {path.name: _with_own_pool(path.read_text("utf-8")) for path in sorted(made)}


def _with_own_pool(code: str) -> str:
    if DEFAULT not in code:
        return code
    anchor = "from google.protobuf import descriptor as _descriptor\n"
    return code.replace(anchor, anchor + IMPORT + "\n").replace(DEFAULT, "DESCRIPTOR = POOL.")


def main() -> None:
    """Writes or compares the files."""
    made = generate()
    if "--check" not in sys.argv:
        for name, code in made.items():
            (FOLDER / name).write_text(code, "utf-8")
        return
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*_pb2.py*")}
    if there != made:
        sys.exit("the generated gRPC messages are out of date: run make protos")


if __name__ == "__main__":
    main()
