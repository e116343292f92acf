"""The live targets of A2F_LIVELINK and A2F_VMC."""

from __future__ import annotations

from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, error, info, ok
from a2f_server.live_targets import selector


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that their addresses exist, without which a server does not start. Nothing is sent."""
    settings = context.settings
    for name, variable, address in (("livelink", "A2F_LIVELINK", settings.livelink), ("vmc", "A2F_VMC", settings.vmc)):
        if not address:
            continue
        if not context.network:
            yield info(f"{variable} is {address}; its name was not looked up")
            continue
        try:
            for target in selector.parse([f"{name}={address}"]):
                target.close()
            yield ok(f"{variable}: frames go to {address}")
        except ValueError as failure:
            yield error(f"{variable}: {failure}", "correct or unset it; docs/animate.md describes live targets")
