"""Utterances whose audio is a file."""

from __future__ import annotations

from a2f_server.api.file_feed import FileFeed
from a2f_server.api.ws.audio_turn import Opening
from a2f_server.api.ws.decoded_turn import DecodedTurn
from a2f_server.errors import TimedOut

UPLOAD_S, PAUSE_S = 300.0, 30.0
"""Seconds that the upload of a file may take, and that it may pause: until its end it holds memory."""


class FileTurn(DecodedTurn):
    """Audio that arrives as the bytes of a file, which is decoded once it is complete."""

    def __init__(self, opening: Opening) -> None:
        """Raises Busy."""
        super().__init__(opening)
        self._upload = opening.caller.uploads.upload(self._service.settings.max_file_bytes)
        self._began = self._added = self._service.engine.clock()
        self._feed: FileFeed | None = None

    @property
    def finished(self) -> bool:
        """True once every frame has left."""
        return not self.holds and self._stream is not None and self._stream.finished

    @property
    def warning(self) -> str | None:
        """The warning about this file, None if there is none; known once it has ended."""
        return self._feed.warning if self._feed else None

    def add_audio(self, data: bytes) -> None:
        """Adds bytes of the file. Raises TooLarge, or Busy if the server holds too many uploads."""
        self._start_pacer()
        self._upload.add(data)
        self._added = self._service.engine.clock()

    def check_time(self, now: float) -> None:
        """Raises TimedOut if the file's bytes come too slowly."""
        if self._input_open and (now - self._added > PAUSE_S or now - self._began > UPLOAD_S):
            raise TimedOut(
                "the bytes of this file come too slowly; send the whole file at once, or stream its audio as PCM"
            )

    def end(self) -> None:
        """Decodes the file in the background. Raises Busy if all slots are taken."""
        self._input_open = False
        self._slot.take()
        self._decode(self._animate())

    def close(self) -> None:
        """Frees everything, finished or not."""
        super().close()
        self._upload.close()

    async def _animate(self) -> None:
        self._feed = await self._service.open_file(self._upload, self._start.audio.channel, self._slot)
        await self._feed.into(self._open_at(self._feed.sample_rate))
