"""A device that is slower than it was at the start: new streams are refused before old ones suffer, files are not."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import numpy as np
import pytest

from a2f_server.backends.contract import Batch, Result
from a2f_server.engine.admission import LEAST
from tests.api.http.test_status import metric
from tests.backends.toy import Toy
from tests.support.running import Running, Talk, run_server
from tests.support.sounds import buzz, wav
from tests.support.waiting import until

STREAMS = LEAST + 4
MESSAGE = (buzz(0.04, 16000) * 16000).astype("<i2").tobytes()


class Slowed(Toy):
    """Takes `row_s` seconds for each row, so much that the machine's own speed does not matter."""

    capacity, max_run = 100, 32

    def __init__(self) -> None:
        self.row_s = 0.0

    def infer(self, batch: Batch, states: Sequence[np.ndarray]) -> Result:
        time.sleep(self.row_s * len(states))
        return super().infer(batch, states)


@pytest.fixture
def device() -> Slowed:
    return Slowed()


@pytest.fixture
def server(device: Slowed) -> Iterator[Running]:
    with run_server(backend=device) as running:
        yield running


def begin(server: Running, stack: ExitStack) -> Talk:
    talk = stack.enter_context(server.talk())
    talk.expect("ready")
    talk.start()
    talk.expect("started")
    return talk


def speak(talks: Sequence[Talk]) -> None:
    """Sends a live message on each, and waits for frames: no audio waits but for the device."""
    for talk in talks:
        talk.send(MESSAGE)
    for talk in talks:
        assert isinstance(talk.hear(), bytes)


def health(server: Running) -> dict[str, int]:
    with server.http() as http:
        return dict(http.get("/health").json())


def ping(server: Running) -> int:
    with server.http() as http:
        return http.get("/ping").status_code


def test_a_slowed_device_refuses_new_streams_keeps_the_old_and_recovers(server: Running, device: Slowed) -> None:
    assert (health(server)["capacity"], health(server)["max_streams"]) == (25, 100)
    with ExitStack() as stack:
        talks = [begin(server, stack) for _ in range(STREAMS)]
        for talk in talks:
            talk.send(MESSAGE)
            talk.send(MESSAGE)  # the model needs audio after a frame's time
        assert all(isinstance(talk.hear(), bytes) for talk in talks)
        assert ping(server) == 200
        device.row_s = 0.01
        until(lambda: speak(talks) or ping(server) == 503)
        seen = health(server)
        assert seen["active_sessions"] == STREAMS
        assert seen["capacity"] <= STREAMS
        assert metric(server, "a2f_capacity") <= STREAMS
        late = stack.enter_context(server.talk())
        late.expect("ready")
        late.start()
        assert late.error("busy")["reason"] == "full"
        device.row_s = 0.0
        speak(talks)
        for talk in talks:
            talk.say("end")
        assert all(talk.expect("end")["frames"] > 0 for talk in talks)
    until(lambda: health(server)["active_sessions"] == 0)
    until(lambda: health(server)["capacity"] == 25)
    assert ping(server) == 200


def test_files_are_neither_late_nor_refused_for_the_lateness_of_others(server: Running, device: Slowed) -> None:
    with ExitStack() as stack, server.http() as http:
        talks = [begin(server, stack) for _ in range(STREAMS)]
        for talk in talks:
            talk.send(MESSAGE)
            talk.send(MESSAGE)
        assert all(isinstance(talk.hear(), bytes) for talk in talks)
        device.row_s = 0.01
        until(lambda: speak(talks) or ping(server) == 503)
        assert http.post("/v1/animate", content=wav(buzz(1, 16000), 16000)).status_code == 200


def test_files_alone_close_nothing(server: Running, device: Slowed) -> None:
    device.row_s = 0.05
    with server.http() as http:
        for _ in range(3):
            assert http.post("/v1/animate", content=wav(buzz(8, 16000), 16000)).status_code == 200
            assert ping(server) == 200
            assert health(server)["capacity"] == 25
