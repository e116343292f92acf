"""Authentication: keys, short-lived tokens, web origins and host names."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, QueryParams

from a2f_server.errors import BadMessage, ForbiddenOrigin, Unauthorized
from a2f_server.settings import Settings

SUBPROTOCOL = "a2f.v1"
BEARER = "a2f.bearer."
LOCAL_DOMAINS = (".local", ".internal", ".home.arpa")
"""Domains of local networks, which do not exist in public DNS (RFC 6762, RFC 8375, ICANN's reservation)."""

_BELOW = r"[a-z0-9-]+(\.[a-z0-9-]+)*"
"""The pattern that the wildcard of an origin stands for: one or more labels of a host name."""

SUBJECT = r"[!-~]{1,64}"
"""A token's subject: 1-64 printable ASCII characters without spaces."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a token."""

    expires: int
    """Seconds since 1970."""
    subject: str | None
    """The user whose slots, sockets and characters are counted together; None if the token names none."""


class Authenticator:
    """Checks requests against the settings. Every `check…` raises Unauthorized or ForbiddenOrigin."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time) -> None:
        self._settings, self._now = settings, now
        self._key = settings.api_key.get_secret_value().strip().encode() if settings.api_key else None
        self._signing = sha256(b"a2f socket token " + (self._key or secrets.token_bytes(32))).digest()

    def check_host(self, headers: Headers) -> None:
        """Refuses unknown host names: a web page could point a name of its own at this server (DNS rebinding).

        With a key the check is off unless A2F_HOSTS is set, since such a page has no key.
        """
        public = self._settings.host_names
        if self._key is None or public:
            name = _host_name(headers.get("host", "localhost"))
            if not ({name, "*"} & public or self._is_ours(name)):
                raise ForbiddenOrigin(
                    f"{self._where(name)}; a public host name must be listed in A2F_HOSTS", reason="host"
                )

    def _is_ours(self, name: str) -> bool:
        """Returns True for names that no page can point at this server."""
        return _is_loopback(name) or (not self._settings.loopback and _is_local(name))

    def _where(self, name: str) -> str:
        if self._settings.loopback:
            return "this server listens on loopback only: open it as http://127.0.0.1 or localhost"
        return f"this server does not know the host name {name[:100]!r}: open it by its IP address"

    def check_origin(self, headers: Headers) -> None:
        """Checks the page's origin, which browsers send. Requests without one (curl, servers) pass."""
        origin = headers.get("origin")
        if origin is not None and not self.allows(origin, headers.get("host", "")):
            message = f"pages of {origin[:100]} may not use this server; add it to A2F_ALLOWED_ORIGINS"
            raise ForbiddenOrigin(message, reason="origin")

    def allows(self, origin: str, host: str) -> bool:
        """Allows the server's own pages, listed origins, and on loopback pages of the same machine."""
        if self.allows_elsewhere(origin):
            return True
        parts = _parts(origin)
        if not parts:
            return False
        return host.lower() in (parts.netloc.lower(), f"{parts.netloc}:{_port(parts.scheme)}".lower())

    def allows_elsewhere(self, origin: str) -> bool:
        """Allows listed origins, and on loopback pages and apps of the same machine, whatever their scheme."""
        allowed = self._settings.origins
        if "*" in allowed or origin.rstrip("/").lower() in allowed or self._is_below(origin.rstrip("/").lower()):
            return True
        parts = _parts(origin)
        return bool(parts and self._settings.loopback and _is_loopback(_host_name(parts.netloc)))

    def _is_below(self, origin: str) -> bool:
        """Allows hosts below a listed domain: `https://*.example.com` allows `https://a.b.example.com`."""
        wildcards = (listed for listed in self._settings.origins if "*." in listed)
        return any(re.fullmatch(re.escape(each).replace(r"\*", _BELOW), origin) for each in wildcards)

    def check_key(self, headers: Headers) -> None:
        """Checks the key, sent as `Authorization: Bearer …`."""
        if self._key is None or self._is_key(headers):
            return
        sent = headers.get("authorization", "")
        if not sent:
            raise Unauthorized("a key is needed: send Authorization: Bearer <A2F_API_KEY>", reason="missing")
        if self.claims(sent.partition(" ")[2]):
            message = "this route does not accept tokens; send the key as Authorization: Bearer <A2F_API_KEY>"
        else:
            message = "this is not the server's key; send Authorization: Bearer <A2F_API_KEY>"
        raise Unauthorized(message, reason="wrong")

    def check_key_or_token(self, headers: Headers) -> None:
        """Checks the key, or a token of POST /v1/token, sent as `Authorization: Bearer …`."""
        if self._key is None or self._is_key(headers):
            return
        sent = headers.get("authorization", "").partition(" ")[2].strip()
        if not self.claims(sent):
            raise self._refusal(headers, [sent] if sent else [])

    def check_socket(self, headers: Headers, query: QueryParams, subprotocols: Iterable[str]) -> str | None:
        """Checks the key, or a token of POST /v1/token sent as subprotocol `a2f.bearer.<base64url>` or `?token=`.

        Returns the token's subject, None without one.
        """
        if self._key is None or self._is_key(headers):
            return None
        offered = [_unwrapped(p) for p in subprotocols if p.startswith(BEARER)] + query.getlist("token")
        tokens = [token for token in offered if token]
        for token in tokens:
            if claims := self.claims(token):
                return claims.subject
        raise self._refusal(headers, tokens)

    def subject(self, headers: Headers) -> str | None:
        """Returns the subject of the token of a request that was let in; None without one."""
        claims = self.claims(headers.get("authorization", "").partition(" ")[2].strip())
        return claims.subject if claims else None

    def _refusal(self, headers: Headers, tokens: list[str]) -> Unauthorized:
        """Returns the error that tells a missing, an expired and a wrong token apart."""
        if any(self._signed(token) for token in tokens):
            return Unauthorized("the token has expired; request a new one with POST /v1/token", reason="expired")
        if any(hmac.compare_digest(token.encode("utf-8", "replace"), self._key or b"") for token in tokens):
            return Unauthorized(
                "this is the key, which pages must not know; send a token from POST /v1/token", reason="wrong"
            )
        if tokens or "authorization" in headers:
            return Unauthorized(
                "this key or token is not valid here; request a token with POST /v1/token", reason="wrong"
            )
        return Unauthorized("a key, or a token from POST /v1/token, is needed", reason="missing")

    def issue(self, subject: str | None = None) -> tuple[str, int]:
        """Returns a signed token for sockets and for the routes that pages use, and its lifetime in seconds.

        Raises BadMessage for an invalid subject.
        """
        if subject is not None and not re.fullmatch(SUBJECT, subject):
            raise BadMessage("subject: give 1-64 printable ASCII characters without spaces, such as user-42")
        ttl = self._settings.token_ttl_s
        claims = str(int(self._now()) + ttl)
        if subject is not None:
            claims += "." + base64.urlsafe_b64encode(subject.encode()).decode().rstrip("=")
        return f"{claims}.{self._sign(claims)}", ttl

    def claims(self, token: str) -> Claims | None:
        """Returns the content of a token if `issue` made it and it has not expired, else None."""
        signed = self._signed(token)
        return signed if signed and signed.expires >= self._now() else None

    def _signed(self, token: str) -> Claims | None:
        """Returns the content of a token if `issue` made it, expired or not, else None. Compares in constant time."""
        claims, _, signature = token.rpartition(".")
        genuine = hmac.compare_digest(self._sign(claims).encode(), signature.encode("utf-8", "replace"))
        expires, dot, subject = claims.partition(".")
        if not (genuine and expires.isascii() and expires.isdigit()):
            return None
        return Claims(int(expires), _decoded(subject) if dot else None)

    def _sign(self, text: str) -> str:
        return hmac.new(self._signing, text.encode("utf-8", "replace"), sha256).hexdigest()

    def _is_key(self, headers: Headers) -> bool:
        scheme, _, key = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(key.strip().encode("latin-1", "replace"), self._key or b"")
        return scheme.lower() == "bearer" and same


def _parts(origin: str) -> SplitResult | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts if parts.netloc else None


def _host_name(netloc: str) -> str:
    """Returns the name or address without port; empty if there is none."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_local(name: str) -> bool:
    """Returns True for addresses, names without a dot, and names that no public DNS server can resolve."""
    if name.endswith(LOCAL_DOMAINS) or name == socket.gethostname().lower():
        return True
    try:
        return bool(ip_address(name))
    except ValueError:
        return bool(name) and "." not in name


def _port(scheme: str) -> int:
    return 443 if scheme in ("https", "wss") else 80


def _unwrapped(subprotocol: str) -> str:
    return _decoded(subprotocol.removeprefix(BEARER))


def _decoded(text: str) -> str:
    """Decodes base64url without padding; returns "" for anything else."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
