"""The file for browsers, gzip: the length of the layout (uint32), the layout as JSON, then the tensors.

The bytes of a tensor are stored in planes, all first bytes, then all second ones, and so on: they compress better.
Everything is little-endian. web/src/network/network_file.js reads it.
"""

from __future__ import annotations

import gzip
import json
import math
from typing import Any

import numpy as np

from a2f_server import arkit
from a2f_server.api.http import emotion_table
from a2f_server.backends.builtin import hum, mel
from a2f_server.backends.builtin.backend import FRAME_RATE, LEAD
from a2f_server.motion import profiles
from tools.network_file.graph import Array, Network

VERSION = 1
"""Increases when older clients cannot read the file."""


def encode(network: Network) -> bytes:
    """Returns the file."""
    return gzip.compress(content(network), 9, mtime=0)


def content(network: Network) -> bytes:
    """Returns the file before compression."""
    layout = json.dumps(_layout(network), separators=(",", ":")).encode()
    return b"".join([len(layout).to_bytes(4, "little"), layout, *(_planes(each) for each in network.tensors.values())])


def _layout(network: Network) -> dict[str, Any]:
    """Returns what a reader needs to know: sizes, the constants of the features, and each tensor's place."""
    return {
        "format": "a2f-network",
        "version": VERSION,
        "stepRate": FRAME_RATE,
        "lead": LEAD,
        "stem": network.stem,
        "dilations": network.dilations,
        "blendshapes": list(arkit.NAMES),
        "expressions": emotion_table.table(profiles.load().expressions).model_dump(),
        "features": _features(),
        "tensors": _tensors(network.tensors),
    }


def _features() -> dict[str, Any]:
    return {
        "bands": mel.BANDS,
        "perBand": mel.PER_BAND,
        "lowest": mel.LOWEST,
        "highest": mel.HIGHEST,
        "frame": mel.FRAME_S,
        "hop": mel.HOP_S,
        "shortest": mel.SHORTEST_S,
        "audible": mel.AUDIBLE,
        "quiet": mel.QUIET,
        "hum": {
            "rumble": hum.RUMBLE,
            "mains": list(hum.MAINS),
            "low": hum.LOW,
            "leaky": hum.LEAKY,
            "edges": hum.EDGES,
            "mostGain": hum.MOST_GAIN,
        },
    }


def _tensors(tensors: dict[str, Array]) -> list[dict[str, Any]]:
    """Returns name, shape and type of each tensor, and the bytes before it."""
    rows, at = [], 0
    for name, each in tensors.items():
        rows.append({"name": name, "shape": list(each.shape), "type": str(each.dtype), "at": at})
        at += math.prod(each.shape) * each.itemsize
    return rows


def _planes(tensor: Array) -> bytes:
    each = np.ascontiguousarray(tensor, tensor.dtype.newbyteorder("<"))
    return each.reshape(-1).view(np.uint8).reshape(-1, each.itemsize).T.tobytes()
