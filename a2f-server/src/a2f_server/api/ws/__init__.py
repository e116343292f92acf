"""The WebSocket endpoint: connections, their utterances and messages."""
