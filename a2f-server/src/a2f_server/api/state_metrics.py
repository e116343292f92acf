"""Metrics of states, as opposed to events: they are read when they are asked for."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from a2f_server import __version__
from a2f_server.api.service import Service
from a2f_server.onnx_runtime.accelerator import MIB

_KEY = ["key"]
"""The name of an API key, never the key itself."""


class StateCollector(Collector):
    """Collects the states of a service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> list[Metric]:
        """Returns no descriptions: a registry would read all states to see whether names are used twice."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yields the metrics."""
        service, engine, memory = self._service, self._service.engine, self._service.memory.read()
        yield InfoMetricFamily("a2f_build", "Version of the server, and what it runs", _build(service))
        yield _gauge("a2f_healthy", "1 unless the model hangs", engine.healthy)
        yield _gauge("a2f_draining", "1 while the server shuts down", engine.slots.draining)
        yield _gauge("a2f_max_streams", "Maximum open utterances, while all are in time", engine.slots.total_most)
        text = "Utterances that may be open now; more are refused"
        yield _gauge("a2f_capacity", text, engine.slots.total_capacity)
        yield _gauge("a2f_workers", "Processes that serve clients", service.group.counts.total("workers") or 1)
        used, total = (memory.used or 0) * MIB, (memory.total or 0) * MIB
        yield _gauge("a2f_device_memory_used_bytes", "GPU: memory in use; CPU: of this process", used)
        yield _gauge("a2f_device_memory_total_bytes", "Memory of the GPU, or of the machine", total)
        error = service.keys.error is not None
        yield _gauge("a2f_keys_file_error", "1 if A2F_KEYS_FILE has errors and is not used", error)
        yield self._expiry()

    def _expiry(self) -> Metric:
        """Knows the keys that are in the file now."""
        text = "Time from which on the key is refused, if it expires"
        family = GaugeMetricFamily("a2f_key_expiry_timestamp_seconds", text, labels=_KEY)
        for key in self._service.keys.ring.keys.values():
            if key.expires is not None:
                family.add_metric([key.name], key.expires)
        return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, float(value))


def _build(service: Service) -> dict[str, str]:
    return {
        "version": __version__,
        "python": platform.python_version(),
        "backend": service.backend.name,
        "device": service.backend.device,
        "provider": service.backend.provider,
        "tts": service.voice.name if service.voice else "",
    }
