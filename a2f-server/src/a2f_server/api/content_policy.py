"""The Content Security Policy of our pages: what they may load, and where from."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from hashlib import sha256

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)

SOURCES = {
    "default-src": "'self'",
    # Blobs: the microphone's audio worklet. WebAssembly: decoders of compressed avatars.
    "script-src": "'self' 'wasm-unsafe-eval' blob:",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    # The page can use another server.
    "connect-src": "'self' http: https: ws: wss: data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}


def content_policy(html: str, sources: Mapping[str, str] = SOURCES) -> str:
    """Returns the header for a page. Of inline scripts, only those in this HTML may run."""
    hashes = [f"'sha256-{_digest(script)}'" for script in _INLINE.findall(html)]
    allowed = {**sources, "script-src": " ".join([sources["script-src"], *hashes])}
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _digest(script: str) -> str:
    """Returns the hash of what a browser sees: it turns CR LF into LF."""
    return base64.b64encode(sha256(script.replace("\r\n", "\n").encode()).digest()).decode()
