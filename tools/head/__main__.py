"""Writes web/avatar/head.glb."""

from pathlib import Path

from tools.head import head

HEAD = Path(__file__).parents[2] / "web/avatar/head.glb"

if __name__ == "__main__":
    HEAD.parent.mkdir(exist_ok=True)
    HEAD.write_bytes(head.build())
