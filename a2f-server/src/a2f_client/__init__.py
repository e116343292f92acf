"""A Python client with the interface of `a2f-client`, for an a2f-server instead of NVIDIA Omniverse.

    from a2f_client import A2FClient

    client = A2FClient(port=8000)
    client.set_audio("speech.wav")
    client.set_emotions({"joy": 0.8})
    print(client.generate_blendshapes(fps=30)["blendshapes"]["numFrames"])

It needs the standard library only. Omniverse, USD models and a shared disk are not needed.
"""

from a2f_client.client import A2FClient
from a2f_client.errors import A2FClientError

__all__ = ["A2FClient", "A2FClientError"]
