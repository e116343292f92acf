#!/bin/sh
# Prints the path of a reverse proxy, haproxy, caddy or nginx: A2F_HAPROXY and so on, else Debian's (installs it if run
# as root). All other output goes to stderr.
set -eu
name=${1:?haproxy, caddy or nginx?}
variable=A2F_$(echo "$name" | tr '[:lower:]' '[:upper:]')
debian() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$name" || true; }

found=$(printenv "$variable" || true)
[ -n "$found" ] || found=$(debian)
if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing Debian's $name" >&2
  install="apt-get install -y -q --no-install-recommends $name"
  { $install || { apt-get update -q && $install; }; } >&2
  found=$(debian)
fi
[ -n "$found" ] || { echo "no $name found: install the package $name, or set $variable to its path" >&2; exit 1; }
echo "$found"
