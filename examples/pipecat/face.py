"""Gives a Pipecat bot a face: put a FaceProcessor between the TTS and `transport.output()`."""

from pipecat.frames.frames import (
    InterruptionFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameProcessor

from a2f_server.client import AsyncClient, FaceRelay


class FaceProcessor(FrameProcessor):
    """Sends the bot's audio to a2f-server, and the face to the page: `face.receive(message)` there."""

    def __init__(self, client: AsyncClient) -> None:
        super().__init__()
        self._face = FaceRelay(client, lambda message: self.push_frame(OutputTransportMessageUrgentFrame(message)))

    async def process_frame(self, frame, direction) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSAudioRawFrame):  # the transport sends this message when it comes to this audio
            await self.push_frame(OutputTransportMessageFrame(self._face.write(frame.audio, frame.sample_rate)))
        elif isinstance(frame, TTSStoppedFrame):
            self._face.end()
        elif isinstance(frame, InterruptionFrame):
            self._face.cancel()
        await self.push_frame(frame, direction)
