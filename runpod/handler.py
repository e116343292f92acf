"""A worker of RunPod's queue: a sound file in a job's input, chunks of frames out.

    {"input": {"audio": "<the file in base64>", "fps": 30, "profile": "calm", "seed": 1, "emotions": {"joy": 0.5}}}

`audio` is a whole wav, flac, ogg or mp3; the rest is as in POST /v1/animate and may be left out. Addresses are not
fetched: who may queue jobs could otherwise make the worker ask hosts in its own network. The output is one dictionary
a chunk, of the same fields as the lines of `application/x-ndjson` (docs/protocol.md): `start` with the names, `frames`
with rows of weights, `end`. What goes wrong is `{"error": "{\\"code\\": …, \\"message\\": …}"}`, upon which RunPod
calls the job FAILED.

    python runpod/handler.py --rp_serve_api        # RunPod's own server for trying it, on port 8000
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from importlib import import_module
from typing import Any

import structlog
from pydantic import ValidationError

from a2f_server import logs
from a2f_server.api.file_animation import NamedEvent, animate_file
from a2f_server.api.messages import Options, explain
from a2f_server.api.service import Service
from a2f_server.backends import selector
from a2f_server.errors import A2FError, BackendFailed, BadMessage, TooLarge
from a2f_server.motion import profiles
from a2f_server.settings import Settings

log = structlog.get_logger(__name__)

AT_ONCE = 16
"""Jobs at the same time: while chunks of some are on their way to RunPod, others use the model. More would be no
faster, and would keep other workers from them."""
CHUNK = 256
"""Frames of a chunk at least. Each chunk is a request to RunPod, of 1 MB at most: these are about 100 kB."""


class Input(Options):
    """A job's input."""

    audio: str


class Worker:
    """One engine, loaded before the first job."""

    def __init__(self, settings: Settings) -> None:
        self.service = Service(settings, selector.load(settings), profiles.load(settings.profiles))
        self._running = False

    def concurrency(self, current: int) -> int:
        """Jobs that RunPod may hand to this worker at once."""
        return min(AT_ONCE, self.service.engine.slots.capacity)

    async def handle(self, job: dict[str, Any]) -> AsyncGenerator[dict[str, object], None]:
        """The chunks of one job. Never raises: what RunPod catches reaches the caller with a stack trace."""
        try:
            async with aclosing(await self._events(job.get("input"))) as events:
                async for kind, event in gathered(events):
                    yield failure(event) if kind == "error" else {"type": kind, **event}
        except A2FError as error:
            yield failure({"code": error.code, "message": error.message})
        except Exception:
            log.exception("a job failed", job=job.get("id"))
            yield failure({"code": BackendFailed.code, "message": "the server failed on this job; its log says why"})

    async def _events(self, given: object) -> AsyncGenerator[NamedEvent, None]:
        if not self._running:  # here, because the engine lives on the loop that RunPod makes
            self.service.engine.start()
            self._running = True
        options = read(given)
        self.service.check(options)
        sound = decoded(options.audio, self.service.settings.max_file_bytes)
        return await animate_file(self.service, sound, options, self.service.engine.slots.reserve())


def read(given: object) -> Input:
    """A job's input. Raises BadMessage with a sentence that names the field."""
    try:
        return Input.model_validate(given)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None


def decoded(audio: str, limit: int) -> bytes:
    """The file's bytes. Raises TooLarge beyond `limit` bytes, BadMessage where it is not base64 (in lines or not)."""
    packed = "".join(audio.split())
    if len(packed) * 3 // 4 > limit + 2:
        raise TooLarge(f"audio: the file is larger than the {limit} bytes that this server takes")
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise BadMessage("audio: is not base64; send a sound file's bytes so, without data: before them") from None


async def gathered(events: AsyncIterator[NamedEvent]) -> AsyncIterator[NamedEvent]:
    """The same events, with at least CHUNK frames to a chunk but for the last."""
    first: object = 0
    rows: list[object] = []
    async for kind, event in events:
        weights = event.get("weights", [])
        assert isinstance(weights, list)
        first = first if rows else event.get("first", 0)
        rows += weights
        if rows and (kind != "frames" or len(rows) >= CHUNK):
            yield "frames", {"first": first, "weights": rows}
            rows = []
        if kind != "frames":
            yield kind, event


def failure(error: dict[str, object]) -> dict[str, object]:
    """As RunPod wants it. The SDK writes anything but a string as Python would, which no other language reads."""
    return {"error": json.dumps(error)}


def main() -> None:
    """Loads the model, then asks RunPod for jobs until it is stopped."""
    # The SDK's own default logs every chunk.
    os.environ.setdefault("RUNPOD_LOG_LEVEL", os.environ.get("RUNPOD_DEBUG_LEVEL", "INFO"))
    runpod: Any = import_module("runpod")  # only here: it is large, and nothing above needs it
    try:
        # Nothing listens, so there is nobody to ask for a key: RunPod's queue wants one of its own.
        settings = Settings(host="127.0.0.1", tts="none")
        logs.configure(settings.log_level, settings.log_json)
        worker = Worker(settings)
    except ValidationError as error:
        sys.exit(f"a2f-server: {explain(error)}")
    except ValueError as error:
        sys.exit(f"a2f-server: {error}")
    runpod.serverless.start(
        {"handler": worker.handle, "concurrency_modifier": worker.concurrency, "return_aggregate_stream": True}
    )


if __name__ == "__main__":
    main()
