"""The worker for RunPod's queue, without RunPod: the output for a job's input."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from runpy import run_path
from typing import Any

import anyio
import pytest

from a2f_server.api.file_animation import NamedEvent
from a2f_server.backends.builtin.backend import BuiltinBackend
from a2f_server.backends.contract import Backend
from a2f_server.settings import Settings
from tests.runpod.conftest import ROOT
from tests.support.running import Running, run_server
from tests.support.sounds import buzz, wav

pytestmark = pytest.mark.anyio

HANDLER = run_path(str(ROOT / "runpod/handler.py"))


def packed(sound: bytes) -> str:
    return base64.b64encode(sound).decode()


def worker(**settings: Any) -> Any:
    return HANDLER["Worker"](Settings(**{"backend": "mock", "tts": "none", **settings}))


async def chunks(worker: Any, given: object) -> list[dict[str, Any]]:
    return [chunk async for chunk in worker.handle({"id": "job", "input": given})]


def error(output: list[dict[str, Any]]) -> dict[str, str]:
    assert len(output) == 1
    return json.loads(output[0]["error"])


def weights(output: list[dict[str, Any]]) -> list[list[float]]:
    assert [chunk["type"] for chunk in output[1:-1]] == ["frames"] * (len(output) - 2)
    rows: list[list[float]] = []
    for chunk in output[1:-1]:
        assert chunk["first"] == len(rows), "a gap"
        rows += chunk["weights"]
    assert output[-1]["type"] == "end"
    assert output[-1]["frames"] == len(rows)
    return rows


@pytest.fixture(scope="module")
def builtin() -> Iterator[Running]:
    with run_server(BuiltinBackend()) as running:
        yield running


@pytest.mark.parametrize("options", [{}, {"fps": 60, "seed": 7, "profile": "calm", "emotions": {"joy": 0.5}}])
async def test_frames_are_those_of_the_http_endpoint(builtin: Running, voice: bytes, options: dict[str, Any]) -> None:
    output = await chunks(worker(backend="builtin"), {"audio": packed(voice), **options})
    query = {k: json.dumps(v) if k == "emotions" else v for k, v in options.items()}
    with builtin.http() as http:
        expected = http.post("/v1/animate", params=query, content=voice).json()
    assert output[0] == {"type": "start", "fps": expected["fps"], "blendshapes": expected["blendshapes"]}
    assert weights(output) == expected["weights"]


async def test_chunks_are_few_and_none_is_large() -> None:
    sound = wav(buzz(30, 16000), 16000)
    output = await chunks(worker(), {"audio": packed(sound)})
    assert len(weights(output)) == 900
    sizes = [len(chunk["weights"]) for chunk in output[1:-1]]
    assert all(size >= HANDLER["CHUNK"] for size in sizes[:-1])
    assert max(len(json.dumps(chunk)) for chunk in output) < 1 << 20, "RunPod's limit"


async def test_gathering_keeps_every_row_and_its_index() -> None:
    sizes = (100, 156, 1, 300, 2)

    async def events() -> AsyncIterator[NamedEvent]:
        yield "start", {}
        first = 0
        for size in sizes:
            yield "frames", {"first": first, "weights": list(range(first, first + size))}
            first += size
        yield "end", {}

    out: list[Any] = [event async for event in HANDLER["gathered"](events())]
    assert [kind for kind, _ in out] == ["start", "frames", "frames", "frames", "end"]
    assert [fields["first"] for _, fields in out[1:-1]] == [0, 256, 557]
    assert [row for _, fields in out[1:-1] for row in fields["weights"]] == list(range(sum(sizes)))


async def test_base64_in_lines_is_fine(voice: bytes) -> None:
    lines = base64.encodebytes(voice).decode()
    assert weights(await chunks(worker(), {"audio": lines})) == weights(
        await chunks(worker(), {"audio": packed(voice)})
    )


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        (None, "bad_message", "shape"),
        ({}, "bad_message", "audio"),
        ({"audio": 7}, "bad_message", "audio"),
        ({"audio": "https://example.com/a.wav"}, "bad_message", "base64"),
        ({"audio": "data:audio/wav;base64,UklGRg=="}, "bad_message", "base64"),
        ({"audio": "ü"}, "bad_message", "base64"),
        ({"audio": packed(b"no sound file, but long enough to be one")}, "unsupported_audio", "wav"),
        ({"audio": packed(wav(buzz(3, 16000), 16000)[:20000])}, "bad_audio", "cut"),
        ({"audio": packed(wav(buzz(3, 16000), 16000))}, "too_long", "2"),
        ({"audio": packed(bytes(200_000))}, "too_large", "150000"),
        ({"audio": "", "fps": 1000}, "bad_message", "fps"),
        ({"audio": "", "emotions": {"rage": 1.0}}, "bad_message", "rage"),
        ({"audio": "", "profile": "none such"}, "bad_message", "none such"),
        ({"audio": "", "backend": "builtin"}, "bad_message", "builtin"),
    ],
)
async def test_invalid_input_is_a_typed_error(given: object, code: str, says: str) -> None:
    busy = worker(max_utterance_s=2.5, max_file_bytes=150_000)
    answer = error(await chunks(busy, given))
    assert answer["code"] == code
    assert says in answer["message"]
    assert busy.service.engine.slots.taken == 0, "its slot is released"


class Broken(Backend):
    """Fails on any audio."""

    name, capacity = "broken", 1

    def layout(self, sample_rate: int) -> Any:
        raise RuntimeError("a secret detail")

    def initial_state(self, seed: int) -> None:
        return None

    def infer(self, batch: Any, states: Any) -> Any:
        raise NotImplementedError


async def test_an_internal_error_is_reported_without_details(voice: bytes) -> None:
    broken = worker()
    broken.service.backend = Broken()
    answer = error(await chunks(broken, {"audio": packed(voice)}))
    assert answer["code"] == "backend_failed"
    assert "secret" not in answer["message"]
    assert broken.service.engine.slots.taken == 0


async def test_a_model_that_fails_in_the_middle_ends_the_job(voice: bytes) -> None:
    output = await chunks(worker(mock_fail_after=2.0), {"audio": packed(voice)})
    assert output[0]["type"] == "start"
    assert json.loads(output[-1]["error"])["code"] == "backend_failed"


async def test_a_cancelled_job_releases_its_slot(voice: bytes) -> None:
    patient = worker()
    job = patient.handle({"id": "job", "input": {"audio": packed(voice)}})
    assert (await anext(job))["type"] == "start"
    assert patient.service.engine.slots.taken == 1
    await job.aclose()
    async with asyncio.timeout(20):
        while patient.service.engine.slots.taken:  # noqa: ASYNC110 - a thread may be decoding
            await asyncio.sleep(0.01)


async def test_concurrent_jobs_fit_the_engine() -> None:
    assert worker().concurrency(1) == HANDLER["MAX_JOBS"]
    assert worker(max_streams=3).concurrency(50) == 3


async def test_concurrent_jobs_get_the_same_frames_as_single_ones() -> None:
    sounds = [wav(buzz(2, 16000, seed=i), 16000) for i in range(4)]
    together, shared = {}, worker(backend="builtin")

    async def run(i: int) -> None:
        together[i] = weights(await chunks(shared, {"audio": packed(sounds[i])}))

    async with anyio.create_task_group() as tasks:
        for i in range(len(sounds)):
            tasks.start_soon(run, i)
    for i, sound in enumerate(sounds):
        assert together[i] == weights(await chunks(shared, {"audio": packed(sound)}))
