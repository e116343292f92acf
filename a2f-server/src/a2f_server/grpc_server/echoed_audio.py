"""Keeps the client's PCM, which is sent back with the frames."""

from __future__ import annotations

from a2f_server.api.byte_budget import ByteBudget, ByteShare


class EchoedAudio:
    """PCM (mono s16) that waits for its frames, counted in the caller's budget of memory."""

    def __init__(self, budget: ByteBudget, sample_rate: int, fps: int) -> None:
        self._share = ByteShare(budget)
        self._rate, self._fps = sample_rate, fps
        self._pcm = bytearray()

    def add(self, pcm: bytes) -> None:
        """Appends PCM. Raises Busy if the budget is used up."""
        self._share.add(len(pcm))
        self._pcm += pcm

    def take(self, frame: int) -> bytes:
        """Returns the audio of one frame; frames come in order. The last one is padded with zeros."""
        size = 2 * (self._sample(frame + 1) - self._sample(frame))
        pcm = bytes(self._pcm[:size])
        del self._pcm[:size]
        self._share.add(-len(pcm))
        return pcm.ljust(size, b"\0")

    def close(self) -> None:
        """Frees the audio. May be called twice."""
        self._share.close()
        self._pcm.clear()

    def _sample(self, frame: int) -> int:
        return frame * self._rate // self._fps
