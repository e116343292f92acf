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
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, QueryParams

from a2f_server.api_keys.key import DEFAULT, ApiKey, KeyRing, Permission, Secret
from a2f_server.api_keys.store import KeyStore
from a2f_server.errors import BadMessage, ForbiddenOrigin, ForbiddenScope, Unauthorized
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
class Identity:
    """The sender of a request. Both fields are None on a server without keys."""

    key: ApiKey | None = None
    """The key that was sent, or that the token was issued with."""
    subject: str | None = None
    """The subject of the token."""


NOBODY = Identity()


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a token."""

    expires: int
    """Seconds since 1970."""
    subject: str | None
    """The user whose slots, sockets and characters are counted together; None if the token names none."""
    key: str = DEFAULT
    """The name of the key that it was issued with."""


class Authenticator:
    """Checks requests against the settings. Every `check…` raises Unauthorized or ForbiddenOrigin."""

    def __init__(self, settings: Settings, now: Callable[[], float] = time.time, store: KeyStore | None = None) -> None:
        """`store`: the keys of the settings. Raises ValueError if their file cannot be used."""
        self._settings, self._now = settings, now
        self._store = store or KeyStore(settings)
        secret = settings.token_secret
        self._root = secret.get_secret_value().encode() if secret else None
        self._random = secrets.token_bytes(32)
        """Signs the tokens of keys of which only the SHA-256 is known, and those of a server without keys."""

    @property
    def _keys(self) -> KeyRing:
        return self._store.ring

    def check_host(self, headers: Headers) -> None:
        """Refuses unknown host names: a web page could point a name of its own at this server (DNS rebinding).

        With a key the check is off unless A2F_HOSTS is set, since such a page has no key.
        """
        public = self._settings.host_names
        if self._store.empty or public:
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

    def check_key(self, headers: Headers, scope: Permission = "clients") -> Identity:
        """Checks the key, sent as `Authorization: Bearer …`. `scope` is what it must be meant for."""
        if self._store.empty:
            return NOBODY
        if key := self._sent(headers):
            return Identity(self._permitted(key, scope))
        sent = headers.get("authorization", "")
        if not sent:
            raise Unauthorized("a key is needed: send Authorization: Bearer <A2F_API_KEY>", reason="missing")
        if self.claims(sent.partition(" ")[2]):
            message = "this route does not accept tokens; send the key as Authorization: Bearer <A2F_API_KEY>"
        else:
            message = "this is not the server's key; send Authorization: Bearer <A2F_API_KEY>"
        raise Unauthorized(message, reason="wrong")

    def check_key_or_token(self, headers: Headers) -> Identity:
        """Checks the key, or a token of POST /v1/token, sent as `Authorization: Bearer …`."""
        sent = headers.get("authorization", "").partition(" ")[2].strip()
        return self._admitted(headers, [sent] if sent else [])

    def check_socket(self, headers: Headers, query: QueryParams, subprotocols: Iterable[str]) -> Identity:
        """Checks the key, or a token of POST /v1/token sent as subprotocol `a2f.bearer.<base64url>` or `?token=`."""
        offered = [_unwrapped(p) for p in subprotocols if p.startswith(BEARER)] + query.getlist("token")
        return self._admitted(headers, [token for token in offered if token])

    def _admitted(self, headers: Headers, tokens: list[str]) -> Identity:
        """Returns who has the key in the headers, or one of the tokens."""
        if self._store.empty:
            return NOBODY
        if key := self._sent(headers):
            return Identity(self._permitted(key, "clients"))
        for token in tokens:
            claims = self.claims(token)
            if claims and (key := self._keys.keys.get(claims.key)):
                return Identity(self._permitted(key, "clients"), claims.subject)
        raise self._refusal(headers, tokens)

    def is_valid(self, name: str) -> bool:
        """Returns True while there is a key of this name that has not expired."""
        key = self._keys.keys.get(name)
        return key is not None and not key.expired(self._now())

    def _permitted(self, key: ApiKey, scope: Permission) -> ApiKey:
        if key.expired(self._now()):
            raise Unauthorized("this key has expired; ask the operator for a new one", reason="expired")
        if scope not in key.scopes:
            raise ForbiddenScope(f"this key is meant for {', '.join(sorted(key.scopes))} only", reason="scope")
        return key

    def _refusal(self, headers: Headers, tokens: list[str]) -> Unauthorized:
        """Returns the error that tells a missing, an expired and a wrong token apart."""
        if any(self._signed(token) for token in tokens):
            return Unauthorized("the token has expired; request a new one with POST /v1/token", reason="expired")
        if any(self._keys.find(token.encode("utf-8", "replace")) for token in tokens):
            return Unauthorized(
                "this is the key, which pages must not know; send a token from POST /v1/token", reason="wrong"
            )
        if tokens or "authorization" in headers:
            return Unauthorized(
                "this key or token is not valid here; request a token with POST /v1/token", reason="wrong"
            )
        return Unauthorized("a key, or a token from POST /v1/token, is needed", reason="missing")

    def issue(self, subject: str | None = None, key: ApiKey | None = None) -> tuple[str, int]:
        """Returns a signed token for sockets and for the routes that pages use, and its lifetime in seconds.
        It has the limits of the key.

        Raises BadMessage for an invalid subject.
        """
        if subject is not None and not re.fullmatch(SUBJECT, subject):
            raise BadMessage("subject: give 1-64 printable ASCII characters without spaces, such as user-42")
        ttl = self._settings.token_ttl_s
        key = key or self._keys.keys.get(DEFAULT)
        claims = str(int(self._now()) + ttl)
        if key and key.name != DEFAULT:
            claims += f".{_encoded(subject or '')}.{_encoded(key.name)}"
        elif subject is not None:
            claims += f".{_encoded(subject)}"
        return f"{claims}.{self._sign(claims, key.secrets[0] if key else None)}", ttl

    def claims(self, token: str) -> Claims | None:
        """Returns the content of a token if `issue` made it and it has not expired, else None."""
        signed = self._signed(token)
        return signed if signed and signed.expires >= self._now() else None

    def _signed(self, token: str) -> Claims | None:
        """Returns the content of a token if `issue` made it, expired or not, else None. Compares in constant time."""
        text, _, signature = token.rpartition(".")
        expires, *names = text.split(".")
        if len(names) > NAMES_IN_TOKEN:
            return None
        name = _decoded(names[1]) if len(names) == NAMES_IN_TOKEN else DEFAULT
        key = self._keys.keys.get(name)
        secrets: Iterable[Secret | None] = key.secrets if key else [None] if self._store.empty else []
        sent = signature.encode("utf-8", "replace")
        genuine = any(hmac.compare_digest(self._sign(text, secret).encode(), sent) for secret in secrets)
        if not (genuine and expires.isascii() and expires.isdigit()):
            return None
        return Claims(int(expires), (_decoded(names[0]) or None) if names else None, name)

    def _sign(self, text: str, secret: Secret | None) -> str:
        return hmac.new(self._signing(secret), text.encode("utf-8", "replace"), sha256).hexdigest()

    def _signing(self, secret: Secret | None) -> bytes:
        """Returns the secret that signs tokens. It depends on that of the key, so tokens end when that is removed."""
        if self._root and secret:
            return hmac.digest(self._root, b"a2f socket token " + secret.digest, sha256)
        if secret and secret.text is not None:
            return sha256(b"a2f socket token " + secret.text).digest()
        return hmac.digest(self._random, secret.digest if secret else b"", sha256)

    def _sent(self, headers: Headers) -> ApiKey | None:
        """Returns the key in the header; None if there is none, or an unknown one."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return self._keys.find(key.strip().encode("latin-1", "replace")) if scheme.lower() == "bearer" else None


NAMES_IN_TOKEN = 2
"""A token names at most its subject and its key."""


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


@lru_cache(1024)
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


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(text: str) -> str:
    """Decodes base64url without padding; returns "" for anything else."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
