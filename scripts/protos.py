"""Generates the Python code of all messages from their .proto files, next to them. With `--check` it only compares."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from grpc_tools import protoc

SOURCE = Path(__file__).parents[1] / "a2f-server/src"
DEFAULT = "DESCRIPTOR = _descriptor_pool.Default()."
"""Code that protoc writes. Here the messages are in a pool of their package instead."""


def folders() -> list[Path]:
    """Returns the folders with .proto files, relative to the one that imports start from."""
    return sorted({path.parent.relative_to(SOURCE) for path in SOURCE.rglob("*.proto")})


def kept() -> dict[str, str]:
    """Returns the generated files of the working tree by path."""
    found = (path for folder in folders() for path in (SOURCE / folder).glob("*_pb2.py*"))
    return {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in found}


def generate() -> dict[str, str]:
    """Returns the generated files by path. Raises RuntimeError if protoc refuses a .proto file."""
    made = {}
    for folder in folders():
        with TemporaryDirectory() as out:
            _run_protoc(folder, out)
            for path in sorted((Path(out) / folder).iterdir()):
                made[(folder / path.name).as_posix()] = _with_own_pool(path.read_text("utf-8"), folder)
    return made


def _run_protoc(folder: Path, out: str) -> None:
    protos = [str(path) for path in sorted((SOURCE / folder).glob("*.proto"))]
    well_known = Path(protoc.__file__).parent / "_proto"
    if protoc.main(["protoc", f"-I{SOURCE}", f"-I{well_known}", f"--python_out={out}", f"--pyi_out={out}", *protos]):
        raise RuntimeError("protoc failed")


def _with_own_pool(code: str, folder: Path) -> str:
    if DEFAULT not in code:
        return code
    anchor = "from google.protobuf import descriptor as _descriptor\n"
    pool = f"from {'.'.join(folder.parts)} import POOL\n"
    return code.replace(anchor, anchor + pool).replace(DEFAULT, "DESCRIPTOR = POOL.")


def main() -> None:
    """Writes or compares the files."""
    made = generate()
    if "--check" in sys.argv:
        if kept() != made:
            sys.exit("generated messages are out of date: run make protos")
        return
    for name, code in made.items():
        (SOURCE / name).write_text(code, "utf-8")


if __name__ == "__main__":
    main()
