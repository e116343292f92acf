"""The text of /metrics. Values that are states, not events, are read when they are asked for."""

from __future__ import annotations

import platform

from prometheus_client import generate_latest

from a2f_server import __version__
from a2f_server.api.service import Service
from a2f_server.errors import A2FError
from a2f_server.onnx_runtime.accelerator import MIB


def scrape(service: Service) -> bytes:
    """Returns all metrics in Prometheus's format."""
    _read_state(service)
    _read_keys(service)
    return generate_latest(service.metrics.registry)


def prepare(service: Service) -> None:
    """Sets what does not change while the server runs: the labels of a2f_build_info, and the codes of errors.

    A counter that appears with its first error would hide it: `increase` needs the zero before.
    """
    for code in _codes(A2FError):
        service.metrics.errors.labels(code)
    service.metrics.build.info(
        {
            "version": __version__,
            "python": platform.python_version(),
            "backend": service.backend.name,
            "device": service.backend.device,
            "provider": service.backend.provider,
            "tts": service.voice.name if service.voice else "",
        }
    )


def _codes(error: type[A2FError]) -> set[str]:
    """Returns the codes of an error and of all that are derived from it."""
    return {error.code}.union(*map(_codes, error.__subclasses__()))


def _read_state(service: Service) -> None:
    metrics, engine, memory = service.metrics, service.engine, service.memory.read()
    metrics.healthy.set(engine.healthy)
    metrics.draining.set(engine.slots.draining)
    metrics.memory_used.set((memory.used or 0) * MIB)
    metrics.memory_total.set((memory.total or 0) * MIB)


def _read_keys(service: Service) -> None:
    """Forgets keys that are no longer in the file; the counters of their use stay."""
    service.metrics.keys_file_error.set(service.keys.error is not None)
    service.metrics.key_expiry.clear()
    for key in service.keys.ring.keys.values():
        service.metrics.know_key(key.name)
        if key.expires is not None:
            service.metrics.key_expiry.labels(key.name).set(key.expires)
