"""Writes a network of each kind."""

from __future__ import annotations

from pathlib import Path

from tools.sequence_networks.onnx_files import write_unitalker, write_wav2arkit

KINDS = ("unitalker", "wav2arkit", "emotalk")


def write(folder: Path, kind: str) -> Path:
    """Writes the network `kind` into the folder; returns its file. emotalk needs torch and transformers."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "emotalk":
        from tools.sequence_networks.emotalk_file import write_emotalk  # noqa: PLC0415 - needs torch

        return write_emotalk(folder / "EmoTalk.pth")
    return {"unitalker": write_unitalker, "wav2arkit": write_wav2arkit}[kind](folder / f"{kind}.onnx")
