#!/bin/sh
# Prints the path of HAProxy: A2F_HAPROXY, else Debian's (installs it if run as root).
# All other output goes to stderr.
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
[ -n "$found" ] || { echo "no HAProxy found: install the package haproxy, or set A2F_HAPROXY to its path" >&2; exit 1; }
echo "$found"
