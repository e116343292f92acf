"""Metrics: one registry per server, valid names for Prometheus, and the values set by the engine."""

from __future__ import annotations

import re

import numpy as np
import pytest
from prometheus_client import generate_latest

from a2f_server.backends.contract import Backend
from a2f_server.engine.engine import Engine
from a2f_server.metrics import Metrics
from tests.backends.toy import Toy
from tests.support.sounds import buzz
from tests.support.streaming import utterance, whole


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


def test_two_servers_have_separate_metrics() -> None:
    one, other = Metrics(), Metrics()
    one.frames.inc(3)
    assert (value(one, "a2f_frames_total"), value(other, "a2f_frames_total")) == (3, 0)


def test_names_are_prefixed_and_explained() -> None:
    families = list(Metrics().registry.collect())
    assert len(families) >= 8
    for family in families:
        assert re.fullmatch(r"(a2f|process)_[a-z_]+", family.name)
        assert len(family.documentation) > 5


@pytest.mark.parametrize("stage", ["queue", "infer", "motion", "send", "decode"])
def test_every_stage_exists_from_the_start(stage: str) -> None:
    text = generate_latest(Metrics().registry).decode()
    assert f'a2f_stage_seconds_count{{stage="{stage}"}} 0.0' in text
    assert f'a2f_stage_seconds_bucket{{le="0.033",stage="{stage}"}} 0.0' in text


async def animated(backend: Backend) -> Metrics:
    metrics = Metrics()
    engine = Engine(backend, metrics, capacity=3)
    engine.start()
    try:
        sound = buzz(1, 16000) * np.float32(0.5)
        assert sum([len(part) async for part in engine.animate(utterance(backend, 16000), whole(sound))]) == 30
    finally:
        await engine.stop()
    return metrics


@pytest.mark.anyio
async def test_an_utterance_updates_them() -> None:
    metrics = await animated(Toy())
    assert value(metrics, "a2f_frames_total") == 30
    assert value(metrics, "a2f_audio_seconds_total") == 1
    assert value(metrics, "a2f_utterances") == 0
    assert value(metrics, "a2f_batch_windows_sum") == 26, "windows of two 20 ms frames, one frame ahead"
    for stage in ("queue", "infer", "motion"):
        assert value(metrics, "a2f_stage_seconds_count", stage=stage) > 0
    assert value(metrics, "a2f_first_frame_seconds_count") == 1
