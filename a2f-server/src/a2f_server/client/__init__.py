"""A Python client: audio files, live audio and text in, animations out.

    from a2f_server.client import Client

    with Client("http://127.0.0.1:8000") as face:
        clip = face.animate("speech.wav", fps=60, emotions={"joy": 0.4})
        print(clip.duration, clip["jawOpen"].max())

It needs httpx and websockets, and none of the server's other packages: docs/python-client.md.
"""

from a2f_server.client.async_client import AsyncClient
from a2f_server.client.async_stream import AsyncFaceStream
from a2f_server.client.errors import ConnectionLost, NotAServer, Unreachable
from a2f_server.client.relay import FaceRelay
from a2f_server.client.speech import Speech
from a2f_server.client.sync_client import Client
from a2f_server.client.sync_stream import FaceStream
from a2f_server.clip import FaceClip

__all__ = [
    "AsyncClient",
    "AsyncFaceStream",
    "Client",
    "ConnectionLost",
    "FaceClip",
    "FaceRelay",
    "FaceStream",
    "NotAServer",
    "Speech",
    "Unreachable",
]
