"""A server's live utterances move the face of other programs, at their playback time."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest

from a2f_server.api.live_output import LiveOutput
from a2f_server.arrays import Weights
from a2f_server.clip import FULL
from a2f_server.engine.frames import Frames
from tests.live_targets.reading import port_of, read_live_link, receiver
from tests.support.running import run_server
from tests.support.sounds import buzz, s16


class Recorder:
    """A target that keeps what it gets, and when."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, float]] = []

    def send(self, weights: Weights, fps: float) -> None:
        self.rows.append((asyncio.get_running_loop().time(), round(float(weights[0]) * FULL)))

    def close(self) -> None:
        pass

    @property
    def values(self) -> list[float]:
        return [value for _, value in self.rows]


def frames(first: int, *values: int) -> Frames:
    return Frames(first, np.repeat(np.array(values, np.uint16)[:, None], 52, axis=1))


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        scheduled = self._scheduled  # type: ignore[attr-defined]
        if scheduled and not self._ready:  # type: ignore[attr-defined]
            self.now = max(self.now, scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


def played(scenario: object) -> Recorder:
    recorder = Recorder()
    with asyncio.Runner(loop_factory=Clock) as runner:
        runner.run(scenario(LiveOutput([recorder])))  # type: ignore[operator]
    return recorder


def test_frames_are_sent_at_their_time() -> None:
    async def scenario(output: LiveOutput) -> None:
        source = output.source()
        assert source
        source.show(1, 10, frames(0, 1, 2))
        source.show(1, 10, frames(2, 3))
        await asyncio.sleep(1)

    recorder = played(scenario)
    assert recorder.rows == [(pytest.approx(0.0), 1), (pytest.approx(0.1), 2), (pytest.approx(0.2), 3)]


def test_frames_that_come_late_are_left_out_but_the_latest() -> None:
    async def scenario(output: LiveOutput) -> None:
        source = output.source()
        assert source
        source.show(1, 10, frames(0, 1))
        await asyncio.sleep(0.55)
        source.show(1, 10, frames(1, 2, 3, 4, 5, 6, 7))
        await asyncio.sleep(1)

    assert played(scenario).values == [1, 6, 7]


def test_utterances_of_one_socket_follow_one_another() -> None:
    async def scenario(output: LiveOutput) -> None:
        source = output.source()
        assert source
        source.show(1, 10, frames(0, 1, 2, 3))
        source.show(2, 20, frames(0, 4, 5))
        await asyncio.sleep(1)

    recorder = played(scenario)
    assert recorder.values == [1, 2, 3, 4, 5]
    assert [round(at, 3) for at, _ in recorder.rows] == [0, 0.1, 0.2, 0.3, 0.35]


def test_the_newest_socket_has_the_face() -> None:
    async def scenario(output: LiveOutput) -> None:
        first, second = output.source(), output.source()
        assert first
        assert second
        first.show(1, 10, frames(0, 1, 2, 3))
        await asyncio.sleep(0.15)
        second.show(1, 10, frames(0, 7, 8))
        first.show(1, 10, frames(3, 4))
        first.stop()
        await asyncio.sleep(1)
        first.show(2, 10, frames(0, 9))

    assert played(scenario).values == [1, 2, 7, 8, 9]


def test_a_cancelled_face_rests() -> None:
    async def scenario(output: LiveOutput) -> None:
        source = output.source()
        assert source
        source.show(1, 10, frames(0, 1, 2, 3))
        await asyncio.sleep(0.15)
        source.stop()
        await asyncio.sleep(1)
        output.close()

    assert played(scenario).values == [1, 2, 0]


def test_a_server_sends_what_it_speaks_to_unreal() -> None:
    with receiver() as sock, run_server(livelink=f"127.0.0.1:{port_of(sock)}") as server, server.talk() as talk:
        talk.expect("ready")
        values = talk.animate(s16(buzz(0.5, 16000)))
        got = read_live_link(sock.recv(2048))
        assert got.rate == (30, 1)
        rows = {json.dumps([round(v * FULL) for v in list(got.values.values())[:52]])}
        assert rows <= {json.dumps(row) for row in values[:, :52].tolist()}
        talk.start()
        talk.expect("started")
        talk.send(s16(buzz(0.5, 16000)))
        talk.say("cancel")
        talk.expect("cancelled")
        while any(read_live_link(sock.recv(2048)).values.values()):
            pass


def test_without_targets_nothing_is_tracked() -> None:
    assert LiveOutput([]).source() is None


@pytest.mark.parametrize("settings", [{"livelink": "x:y"}, {"vmc": "no.such.host.invalid:1"}])
def test_a_target_that_cannot_be_stops_the_server(settings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"host"), run_server(**settings):
        pass
