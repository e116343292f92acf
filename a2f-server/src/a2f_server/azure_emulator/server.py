"""Runs the emulator as a server."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from a2f_server.azure_emulator.app import Emulator
from a2f_server.azure_emulator.options import EmulatorOptions
from a2f_server.azure_emulator.recorded_voice import RecordedVoice
from a2f_server.settings import Settings
from a2f_server.tts.selector import load_local
from a2f_server.uvicorn_server.listening import listen
from a2f_server.uvicorn_server.websocket_protocol import SocketProtocol


def make_server(emulator: Emulator, host: str, port: int) -> uvicorn.Server:
    """Returns a web server that is ready to `run`; port 0 selects a free port."""
    config = uvicorn.Config(
        emulator.app,
        host=host,
        port=port,
        ws=SocketProtocol,
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return uvicorn.Server(config)


def run(options: EmulatorOptions, host: str, port: int, recording: Path | None = None) -> None:
    """Serves until interrupted, with a recording or with a local voice.

    Raises ValueError with an actionable message if there is no local voice; OSError or BadAudio for the recording;
    CannotListen for the port.
    """
    voice = RecordedVoice(recording) if recording else load_local(Settings())
    server = make_server(Emulator(voice, options), host, port)
    listening = listen(host, port)
    where = f"ws://{host}:{port}"
    print(f"Azure speech emulator: A2F_AZURE_HOST={where} (Ctrl-C stops it)", file=sys.stderr)
    server.run(listening)
