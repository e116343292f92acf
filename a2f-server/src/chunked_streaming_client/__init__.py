"""A Python client that sends speech in chunks and receives a video stream of a talking face.

    from chunked_streaming_client import ChunkedStreamingClient

    client = ChunkedStreamingClient("http://127.0.0.1:8000")
    client.init_session(image_path="face.jpg")
    print(client.hls_url)  # open it in a player
    client.feed_audio_chunk(wav_bytes, is_final=True)
    client.download("speech.mp4")
    client.cleanup()

It needs only the standard library.
"""

from a2f_client.errors import A2FClientError
from chunked_streaming_client.client import ChunkedStreamingClient

__all__ = ["A2FClientError", "ChunkedStreamingClient"]
