"""uvicorn's HTTP protocol, but requests that ask for another protocol than WebSocket are served as they are.

Java's HTTP client sends `Upgrade: h2c` with every request. RFC 9110, 7.8, lets a server ignore it. httptools ends the
request there instead, and its body would be parsed as the next request.
"""

from __future__ import annotations

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class UpgradeIgnoringProtocol(HttpToolsProtocol):
    """Parses such a request twice: up to the end of its headers, then again without `Upgrade`."""

    def parse(self, data: bytes) -> None:
        """Feeds the parser. Raises httptools.HttpParserError."""
        rest = memoryview(data)
        while rest:
            rest = self._parse(rest)

    @property
    def upgrade_is_ignored(self) -> bool:
        """True in a request that is still to be parsed again. CONNECT is refused."""
        return self.parser.should_upgrade() and not self._should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _parse(self, data: memoryview) -> memoryview:
        """Returns what follows the headers of a request whose upgrade is ignored."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if not self._should_upgrade():
                self._ignore_upgrade()
                return data[upgrade.args[0] :]
            self.handle_websocket_upgrade()
        return data[:0]

    def _ignore_upgrade(self) -> None:
        version = self.parser.get_http_version().encode()
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/", version, b"\r\n"]
        for name, value in self.headers:
            if name != b"upgrade":
                head += [name, b": ", value, b"\r\n"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        self.parser.feed_data(b"".join([*head, b"\r\n"]))
