"""Calls over WebRTC: a peer's audio comes in; video of a face that speaks it and the same audio go out, in sync."""
