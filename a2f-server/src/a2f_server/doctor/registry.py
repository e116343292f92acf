"""The checks of `a2f-server doctor`, in the order of the report. A new check is one new file and one line here."""

from __future__ import annotations

from a2f_server.doctor.checks import (
    certificate,
    extras,
    gpu,
    keys,
    live_targets,
    model,
    motion_profiles,
    network,
    packages,
    ports,
    python,
    resources,
    runtime,
    settings,
    voice,
)
from a2f_server.doctor.contract import CheckFunction

CHECKS: dict[str, CheckFunction] = {
    "python": python.check,
    "packages": packages.check,
    "extras": extras.check,
    "settings": settings.check,
    "keys": keys.check,
    "network": network.check,
    "ports": ports.check,
    "certificate": certificate.check,
    "onnxruntime": runtime.check,
    "gpu": gpu.check,
    "model": model.check,
    "voice": voice.check,
    "profiles": motion_profiles.check,
    "live": live_targets.check,
    "resources": resources.check,
}
