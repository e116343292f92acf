"""Decodes compressed audio as it arrives, with FFmpeg in a separate process (audio/av_child.py)."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from a2f_server.arrays import Samples
from a2f_server.audio.av_child import CANNOT_LOAD
from a2f_server.audio.av_decoder import command, is_installed
from a2f_server.audio.containers import Container
from a2f_server.child_environment import child_environment
from a2f_server.errors import BadAudio, UnsupportedAudio

BLOCK = 320
"""Minimum frames of a block: 20 ms at 16 kHz."""


@dataclass(frozen=True)
class Block:
    """Frames `[n, channels]`, float32, and their sample rate in Hz."""

    frames: Samples
    sample_rate: int


class StreamDecoder:
    """Decodes one stream. `feed` never blocks; `close` ends the process and may be called twice."""

    def __init__(self, container: Container) -> None:
        """Raises UnsupportedAudio if FFmpeg is not installed."""
        if not is_installed():
            raise UnsupportedAudio(
                "this server cannot decode compressed streams: install a2f-server[media], or send PCM or a whole file"
            )
        self._command = command(container.demuxer, BLOCK)
        self._early: list[bytes] = []
        self._process: Process | None = None
        self._ended = self._closed = False

    @property
    def waiting_bytes(self) -> int:
        """Bytes that the process has not read yet."""
        stdin = self._process.stdin if self._process else None
        return stdin.transport.get_write_buffer_size() if stdin else sum(map(len, self._early))

    def feed(self, data: bytes) -> None:
        """Adds bytes of the stream."""
        if self._process is None:
            self._early.append(data)
        elif (stdin := self._process.stdin) and not stdin.transport.is_closing():
            stdin.write(data)

    def end(self) -> None:
        """Marks the end of the stream."""
        self._ended = True
        if self._process and self._process.stdin:
            self._process.stdin.close()

    async def blocks(self) -> AsyncIterator[Block]:
        """Yields the decoded audio. Raises BadAudio or UnsupportedAudio."""
        process = await self._start()
        assert process.stdout
        header = await self._header(process)
        rate, channels = int(header["sample_rate"]), int(header["channels"])
        while size := int((await self._header(process))["bytes"]):
            data = await process.stdout.readexactly(size)
            yield Block(np.frombuffer(data, np.float32).reshape(-1, channels), rate)

    def close(self) -> None:
        """Ends the process."""
        self._closed = True
        self._early.clear()
        if self._process and self._process.returncode is None:
            self._process.kill()

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            *self._command, env=child_environment(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        self._process = process
        if self._closed:
            process.kill()
        for data in self._early:
            self.feed(data)
        self._early.clear()
        if self._ended:
            self.end()
        return process

    async def _header(self, process: Process) -> dict[str, Any]:
        assert process.stdout
        try:
            header: dict[str, Any] = json.loads(await process.stdout.readline())
        except ValueError:
            raise await self._broke_off(process) from None
        if "error" in header:
            raise BadAudio(header["error"])
        return header

    async def _broke_off(self, process: Process) -> BadAudio | UnsupportedAudio:
        if await process.wait() == CANNOT_LOAD:
            return UnsupportedAudio("FFmpeg cannot be loaded on this server: pip install --force-reinstall av")
        return BadAudio("the audio stream cannot be decoded: it takes too much memory or time")
