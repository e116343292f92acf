"""A worker for RunPod's queue: takes an audio file in a job's input and streams chunks of frames.

    {"input": {"audio": "<the file in base64>", "fps": 30, "profile": "calm", "seed": 1, "emotions": {"joy": 0.5}}}

`audio` is a complete wav, flac, ogg or mp3 file; all other fields are optional and the same as in POST /v1/animate.
URLs are not supported, because a job could then make the worker access hosts in its own network. The output is one
dictionary per chunk, with the fields of the lines of `application/x-ndjson` (docs/protocol.md): `start` with the names,
`frames` with rows of weights, `end`. An error is `{"error": "{\\"code\\": …, \\"message\\": …}"}`, and RunPod marks the
job as FAILED.

    python runpod/handler.py --rp_serve_api        # RunPod's test server, on port 8000
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing, closing
from importlib import import_module
from typing import Any

import structlog
from pydantic import ValidationError

from a2f_server import cloudwatch, logs
from a2f_server.api.file_animation import NamedEvent, animate_file
from a2f_server.api.messages import FileOptions, explain
from a2f_server.api.service import Service
from a2f_server.backends import selector
from a2f_server.errors import A2FError, BackendFailed, BadMessage, TooLarge
from a2f_server.motion import profiles
from a2f_server.settings import Settings

log = structlog.get_logger(__name__)

MAX_JOBS = 16
"""Maximum concurrent jobs. While some send chunks to RunPod, others use the model. More jobs would not be faster, and
would keep work from other workers."""
CHUNK = 256
"""Minimum frames per chunk, about 100 kB. Each chunk is a request to RunPod, which accepts up to 1 MB."""


class Input(FileOptions):
    """The input of a job."""

    audio: str


class Worker:
    """The engine, loaded before the first job."""

    def __init__(self, settings: Settings) -> None:
        self.service = Service(settings, selector.load(settings), profiles.load(settings.profiles))
        self._running = False

    def concurrency(self, current: int) -> int:
        """Returns how many jobs RunPod may give this worker concurrently."""
        return min(MAX_JOBS, self.service.engine.slots.most)

    async def handle(self, job: dict[str, Any]) -> AsyncGenerator[dict[str, object], None]:
        """Yields the chunks of one job. Never raises, because RunPod would send the stack trace to the caller."""
        try:
            with ExitStack() as held:
                async with aclosing(await self._events(job.get("input"), held)) as events:
                    async for kind, event in gathered(events):
                        yield failure(event) if kind == "error" else {"type": kind, **event}
        except A2FError as error:
            yield failure({"code": error.code, "message": error.message})
        except Exception:
            log.exception("a job failed", job=job.get("id"))
            yield failure({"code": BackendFailed.code, "message": "the server failed on this job; its log says why"})

    async def _events(self, given: object, held: ExitStack) -> AsyncGenerator[NamedEvent, None]:
        """Begins to animate; `held` gets what must be freed at the end."""
        if not self._running:  # not earlier: the engine runs on the event loop that RunPod creates
            self.service.engine.start()
            self._running = True
        options = read(given)
        self.service.check(options)
        limit = self.service.settings.max_file_bytes
        slot = held.enter_context(closing(self.service.engine.slots.reserve(patient=True)))
        file = held.enter_context(closing(self.service.uploads.upload(limit)))
        file.add(decoded(options.audio, limit))
        return await animate_file(self.service, file, options, slot)


def read(given: object) -> Input:
    """Parses the input of a job. Raises BadMessage with a message that names the field."""
    try:
        return Input.model_validate(given)
    except ValidationError as error:
        raise BadMessage(explain(error)) from None


def decoded(audio: str, limit: int) -> bytes:
    """Decodes base64, with or without line breaks. Raises TooLarge above `limit` bytes, BadMessage if invalid."""
    packed = "".join(audio.split())
    if len(packed) * 3 // 4 > limit + 2:
        raise TooLarge(f"audio: the file is larger than the limit of {limit} bytes")
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise BadMessage("audio: is not base64; encode the bytes of the audio file, without a data: prefix") from None


async def gathered(events: AsyncIterator[NamedEvent]) -> AsyncIterator[NamedEvent]:
    """Merges events into chunks of at least CHUNK frames, except for the last one."""
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
    """Formats an error for RunPod as a JSON string. The SDK would send anything else as Python's repr."""
    return {"error": json.dumps(error)}


def main() -> None:
    """Loads the model, then takes jobs from RunPod until it is stopped."""
    # By default, the SDK logs every chunk.
    os.environ.setdefault("RUNPOD_LOG_LEVEL", os.environ.get("RUNPOD_DEBUG_LEVEL", "INFO"))
    runpod: Any = import_module("runpod")  # imported late: it is large, and nothing above needs it
    try:
        # No API key is needed, because no port is opened; RunPod's queue has its own authentication.
        settings = Settings(host="127.0.0.1", hosts="", proxies="", tts="none")
        copy = cloudwatch.destination(settings.cloudwatch_group, settings.cloudwatch_stream)
        logs.configure(settings.log_level, settings.log_json, copy)
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
