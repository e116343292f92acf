"""Gives a LiveKit agent a face: `session.output.audio = FaceOutput(room, client, session.output.audio)`."""

import json

from livekit import rtc
from livekit.agents.voice.io import AudioOutput, AudioOutputCapabilities

from a2f_server.client import AsyncClient, FaceRelay


class FaceOutput(AudioOutput):
    """Passes the agent's audio on, and sends the room a face for it: `face.receive(message)` in the page."""

    def __init__(self, room: rtc.Room, client: AsyncClient, audio: AudioOutput) -> None:
        super().__init__(label="Face", next_in_chain=audio, capabilities=AudioOutputCapabilities(pause=True))
        self._face = FaceRelay(client, lambda m: room.local_participant.publish_data(json.dumps(m), topic="face"))
        self.on("playback_started", lambda _: self._face.resume())

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self._face.write(bytes(frame.data), frame.sample_rate)
        await self.next_in_chain.capture_frame(frame)

    def flush(self) -> None:
        super().flush()
        self._face.end()
        self.next_in_chain.flush()

    def clear_buffer(self) -> None:
        self._face.cancel()
        self.next_in_chain.clear_buffer()

    def pause(self) -> None:
        super().pause()
        self._face.pause()

    def resume(self) -> None:
        super().resume()
        self._face.resume()
