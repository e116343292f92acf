"""VMC, the protocol of VSeeFace, Warudo, VMagicMirror and others: OSC messages over UDP.

Each frame has `/VMC/Ext/Blend/Val name value` for every shape, then `/VMC/Ext/Blend/Apply`; `/VMC/Ext/OK` says that
there is a face. Names are those of "perfect sync": ARKit's with a capital.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from a2f_server import arkit
from a2f_server.arrays import Weights
from a2f_server.errors import NotInstalled
from a2f_server.live_targets.contract import UdpSender, parse_address
from a2f_server.timecode import FrameRate

PORT = 39539
SHAPES_PER_BUNDLE = 18
"""A bundle then fits a packet of 1400 bytes, which networks do not split."""
_NAMES = tuple(map(arkit.pascal, arkit.NAMES))


def require() -> Any:
    """Returns python-osc. Raises NotInstalled."""
    try:
        from pythonosc import osc_bundle_builder, osc_message_builder  # noqa: PLC0415 - an extra
    except ImportError:
        raise NotInstalled("VMC needs python-osc: pip install 'a2f-server[vmc]' (in a checkout '.[vmc]')") from None
    return osc_bundle_builder, osc_message_builder


def bundles(weights: Weights, seconds: float) -> list[bytes]:
    """Returns the bundles of one frame `[52]`; `seconds` is the sender's clock."""
    values = list(zip(_NAMES, weights.tolist(), strict=True))
    parts = [values[at : at + SHAPES_PER_BUNDLE] for at in range(0, len(values), SHAPES_PER_BUNDLE)]
    messages: list[list[tuple[str, tuple[object, ...]]]] = [
        [("/VMC/Ext/Blend/Val", (name, float(value))) for name, value in part] for part in parts
    ]
    messages[0] = [("/VMC/Ext/OK", (1,)), ("/VMC/Ext/T", (float(seconds),)), *messages[0]]
    messages[-1].append(("/VMC/Ext/Blend/Apply", ()))
    return [_bundle(part) for part in messages]


def _bundle(messages: list[tuple[str, tuple[object, ...]]]) -> bytes:
    bundle_builder, message_builder = require()
    bundle = bundle_builder.OscBundleBuilder(bundle_builder.IMMEDIATELY)
    for address, values in messages:
        message = message_builder.OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        bundle.add_content(message.build())
    datagram: bytes = bundle.build().dgram
    return datagram


class VmcTarget:
    """A program with VMC."""

    def __init__(self, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds. Raises ValueError for an address that does not exist, NotInstalled."""
        require()
        self._sender, self._clock = UdpSender(*parse_address(address, PORT)), clock

    def send(self, weights: Weights, fps: FrameRate) -> None:
        """Sends one frame."""
        for bundle in bundles(weights, self._clock()):
            self._sender.send(bundle)

    def close(self) -> None:
        """Frees it."""
        self._sender.close()
