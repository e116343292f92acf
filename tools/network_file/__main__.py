"""Writes web/network/network.bin from the built-in model. With `--check` it fails if the file is not up to date."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

from a2f_server.backends.builtin.backend import GRAPH
from tools.network_file import encoding, graph

FILE = Path(__file__).parents[2] / "web/network/network.bin"


def is_up_to_date() -> bool:
    """Compares the content: another version of zlib may compress it differently."""
    return FILE.exists() and gzip.decompress(FILE.read_bytes()) == encoding.content(graph.read(GRAPH))


def main() -> None:
    if "--check" not in sys.argv:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_bytes(encoding.encode(graph.read(GRAPH)))
    elif not is_up_to_date():
        sys.exit("web/network/network.bin is out of date; run: make network")


if __name__ == "__main__":
    main()
