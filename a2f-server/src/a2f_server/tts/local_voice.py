"""The base of the voices on this machine, which speak a request segment by segment."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable

from a2f_server.tts.contract import SpeechEvent, SpeechRequest, Voice
from a2f_server.tts.steps import SilentStep, TextSegment, steps
from a2f_server.tts.timeline import SpokenSegment, Timeline

Reader = Callable[[TextSegment, bool], Awaitable[SpokenSegment]]
"""Speaks a segment; the second argument is True for the last one. Raises TtsFailed."""


class LocalVoice(Voice):
    """Speaks one segment at a time: the first audio of a long text comes early, and closing the generator stops the
    synthesis after the current segment."""

    default: str
    """The name of the voice that speaks if the request names none."""

    @abstractmethod
    def reader(self, name: str) -> Reader:
        """Returns what speaks with the voice of this name. Raises BadMessage if there is none."""

    async def speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechEvent, None]:
        """Yields the events of one segment after another. Unknown voices raise BadMessage before the first one."""
        asked, planned = request.voice or self.default, steps(request)
        names = {step.style.voice or asked for step in planned if isinstance(step, TextSegment)}
        readers = {name: self.reader(name) for name in names}
        timeline = Timeline(self.sample_rate)
        for i, step in enumerate(planned):
            if isinstance(step, SilentStep):
                events = timeline.silence(step.seconds, step.bookmarks)
            else:
                read = readers[step.style.voice or asked]
                events = timeline.segment(await read(step, i == len(planned) - 1))
            for event in events:
                yield event
        if closing := timeline.close():
            yield closing
