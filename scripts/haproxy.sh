#!/bin/sh
# Prints the path of HAProxy: the one given as A2F_HAPROXY, else Debian's (installed when root, and not started).
# Everything but the path goes to stderr.
set -eu
debian() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v haproxy || true; }

found=${A2F_HAPROXY:-}
[ -n "$found" ] || found=$(debian)
if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing Debian's HAProxy" >&2
  install="apt-get install -y -q --no-install-recommends haproxy"
  { $install || { apt-get update -q && $install; }; } >&2
  found=$(debian)
fi
[ -n "$found" ] || { echo "no HAProxy: set A2F_HAPROXY to one, or install the package haproxy" >&2; exit 1; }
echo "$found"
