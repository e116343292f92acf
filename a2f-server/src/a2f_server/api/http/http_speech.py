"""A speech over HTTP: its parts are awaited one after another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from a2f_server.api.messages import SpeakBody
from a2f_server.api.service import AdmittedText, Service
from a2f_server.api.speech_session import SessionEvent, SpeechSession, event_size
from a2f_server.engine.frames import Frames

Part = SessionEvent | Frames


class HttpSpeech:
    """A speech session that is one of the service's open clients until it is closed."""

    def __init__(self, service: Service, body: SpeakBody, admission: AdmittedText) -> None:
        """Begins to speak. Raises TtsUnavailable or Busy."""
        self._service, self._changed = service, asyncio.Event()
        self.session = SpeechSession(service, body, admission, on_change=self._changed.set, name="http/speak")
        service.http_speeches.add(self.session)

    async def parts(self) -> AsyncGenerator[Part, None]:
        """Yields events and frames as they come. Raises the voice's error after them."""
        while not self.session.finished:
            self._changed.clear()
            part = self.session.next_event() or self.session.pop()
            if part is not None:
                yield part
                continue
            self.session.raise_error()
            if not self.session.finished:
                await self._changed.wait()

    def close(self) -> None:
        """Stops the synthesis and frees everything. Idempotent."""
        self._service.http_speeches.discard(self.session)
        self.session.close()


def part_size(part: Part) -> int:
    """Returns about how many bytes a part occupies."""
    return part.values.nbytes if isinstance(part, Frames) else event_size(part)
