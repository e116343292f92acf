"""The text of /metrics: the events that all workers counted, their processes, and the server's states."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from a2f_server.api.service import Service
from a2f_server.api.state_metrics import StateCollector
from a2f_server.errors import A2FError
from a2f_server.worker_group.counts import CPU_OF_ENDED


class Scrape:
    """Reads the metrics of a service."""

    def __init__(self, service: Service) -> None:
        """Shows the codes of all errors from the beginning on.

        A counter that appears with its first error would hide it: `increase` needs the zero before.
        """
        for code in _codes(A2FError):
            service.metrics.errors.labels(code)
        self._service, self._registry = service, CollectorRegistry()
        if service.group.size > 1:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
            self._registry.register(_Processes(service))
        else:
            self._registry.register(service.metrics.registry)
            ProcessCollector(registry=self._registry)
        self._registry.register(StateCollector(service))

    def text(self) -> bytes:
        """Returns all metrics in Prometheus's format."""
        for name in self._service.keys.ring.keys:
            self._service.metrics.know_key(name)
        return generate_latest(self._registry)


def _codes(error: type[A2FError]) -> set[str]:
    """Returns the codes of an error and of all that are derived from it."""
    return {error.code}.union(*map(_codes, error.__subclasses__()))


class _Processes(Collector):
    """The sums of the workers' `process_…` metrics; the earliest start."""

    def __init__(self, service: Service) -> None:
        self._counts = service.group.counts

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        families: dict[str, list[Metric]] = {}
        for pid in self._counts.values("pid"):
            for family in _of_process(pid):  # fewer, or none, if it is ending
                families.setdefault(family.name, []).append(family)
        for name, same in families.items():
            values = [each.samples[0].value for each in same]
            total = min(values) if "start_time" in name else sum(values)
            if "cpu" in name:
                total += (self._counts.total(CPU_OF_ENDED) or 0) / 1000
            same[0].samples = [same[0].samples[0]._replace(value=total)]
            yield same[0]


def _of_process(pid: int) -> list[Metric]:
    return list(ProcessCollector(pid=lambda: pid, registry=CollectorRegistry()).collect())
