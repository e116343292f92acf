"""uvicorn, with a graceful shutdown and a fast path for WebSocket messages."""
