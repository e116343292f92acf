"""The server as other machines see it: addresses, host names, proxies and origins."""

from __future__ import annotations

from collections.abc import Iterator

from a2f_server.doctor.contract import CheckContext, Finding, info, ok, warning


def check(context: CheckContext) -> Iterator[Finding]:
    """Checks that what is open is meant to be."""
    settings = context.settings
    if settings.private:
        yield ok(f"listens on {settings.host}, for this machine only")
    elif settings.trusted_proxies:
        yield ok(f"listens on {settings.host}, behind the proxies {', '.join(settings.trusted_proxies)}")
    else:
        yield info(
            f"listens on {settings.host} without TLS, and trusts no proxy",
            "put a proxy with a certificate in front, and name its address in A2F_PROXIES (docs/deploy.md)",
        )
    if settings.insecure and not settings.locked:
        yield warning(
            "A2F_INSECURE lets everyone in without a key", "unset it, unless a firewall or a proxy decides who comes in"
        )
    if "*" in settings.host_names and not settings.locked:
        yield warning("A2F_HOSTS=* without a key lets any web page use this server", "list your own host names")
    if any(proxy in ("0.0.0.0/0", "::/0") for proxy in settings.trusted_proxies):
        yield warning("A2F_PROXIES trusts the X-Forwarded-For of everyone", "name the proxy's own address")
    if "*" in settings.origins:
        yield info("pages of every origin may use this server", "list your own in A2F_ALLOWED_ORIGINS")
