"""A backend behind a ModelServer, on a thread."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from a2f_server.backends.contract import Backend
from a2f_server.backends.shared.client import SharedModel
from a2f_server.backends.shared.server import ModelServer


class Served(SharedModel):
    """A SharedModel with a server of its own, which ends when it is closed."""

    def __init__(self, backend: Backend) -> None:
        self._folder = TemporaryDirectory()
        self.socket = Path(self._folder.name) / "model.sock"
        self._stopped = False
        self._woken, self._wake = os.pipe()
        server = ModelServer(backend, self.socket)
        self._thread = threading.Thread(target=server.run, args=(lambda: self._stopped, self._woken), daemon=True)
        self._thread.start()
        self.served = backend
        super().__init__(self.socket)

    def end_server(self) -> None:
        """Ends the process, as it seems."""
        self._stopped = True
        os.write(self._wake, b".")
        self._thread.join(20)

    def close(self) -> None:
        super().close()
        self.end_server()
        self.served.close()
        self._folder.cleanup()
