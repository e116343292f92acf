"""Calls over WebRTC: a peer's sound comes in; the face that speaks it and the same sound go out, in step."""
