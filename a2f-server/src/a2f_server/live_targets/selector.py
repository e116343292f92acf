"""The live targets by name. A new one is one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from a2f_server.errors import A2FError
from a2f_server.live_targets import live_link, vmc
from a2f_server.live_targets.contract import LiveTarget
from a2f_server.live_targets.live_link import LiveLinkTarget
from a2f_server.live_targets.vmc import VmcTarget

TARGETS: dict[str, tuple[Callable[[str], LiveTarget], int]] = {
    "livelink": (LiveLinkTarget, live_link.PORT),
    "vmc": (VmcTarget, vmc.PORT),
}
"""By name: the class, and the usual port."""


def parse(texts: Sequence[str]) -> list[LiveTarget]:
    """Opens the targets that texts such as `livelink=10.0.0.5:11111` and `vmc` name; the default is this machine.

    Raises ValueError for an unknown name or an address that does not exist, or if a package is missing.
    """
    return [_opened(*text.partition("=")[::2]) for text in texts]


def _opened(name: str, address: str) -> LiveTarget:
    if name not in TARGETS:
        raise ValueError(f"there is no live target {name[:40]!r}; known are {', '.join(TARGETS)}")
    make, port = TARGETS[name]
    try:
        return make(address or f"127.0.0.1:{port}")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    except A2FError as error:
        raise ValueError(error.message) from None
