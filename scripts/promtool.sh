#!/bin/sh
# Prints the path of promtool: A2F_PROMTOOL, else an installed one, else that of Debian's package, which is unpacked into
# .cache, so that no Prometheus is started. All other output goes to stderr.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cache=$here/.cache/promtool

found=${A2F_PROMTOOL:-$(command -v promtool || true)}
[ -n "$found" ] || { [ ! -x "$cache/usr/bin/promtool" ] || found=$cache/usr/bin/promtool; }
if [ -z "$found" ] && command -v apt-get >/dev/null; then
  mkdir -p "$cache"
  cd "$cache"
  get="apt-get download -q prometheus"
  # Only root can update the lists.
  if { $get || { apt-get update -q && $get; }; } >&2; then
    dpkg-deb -x ./prometheus_*.deb . && rm -f ./prometheus_*.deb
    found=$cache/usr/bin/promtool
  fi
fi
[ -n "$found" ] || { echo "no promtool found: install Debian's package prometheus, or set A2F_PROMTOOL" >&2; exit 1; }
echo "$found"
