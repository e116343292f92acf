"""Generates Python code, with types, from every .proto file of the package, next to it; services get gRPC stubs.

With an argument it writes to that folder instead, for the test that the generated code is up to date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grpc_tools import protoc

SOURCE = Path(__file__).parents[1] / "a2f-server" / "src"


def protos() -> list[Path]:
    """Returns the .proto files, relative to the folder that imports start from."""
    return sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.proto"))


def generate(out: Path) -> None:
    """Writes the generated files below `out`. Exits if a .proto file is wrong."""
    for proto in protos():
        stubs = [f"--grpc_python_out={out}"] if "\nservice " in (SOURCE / proto).read_text("utf-8") else []
        command = ["protoc", f"-I{SOURCE}", f"--python_out={out}", f"--pyi_out={out}", *stubs, str(proto)]
        if code := protoc.main(command):
            sys.exit(code)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if sys.argv[1:] else SOURCE)
