#!/bin/sh
# Prints the path of Chromium: A2F_CHROMIUM, else Playwright's, else Debian's (installs it if run as root).
# All other output goes to stderr.
set -eu
python=$1
playwright() {
  "$python" -c 'from playwright.sync_api import sync_playwright as p
with p() as it: print(it.chromium.executable_path)' 2>/dev/null
}
debian() { command -v chromium || command -v chromium-browser || true; }

found=${A2F_CHROMIUM:-}
if [ -z "$found" ]; then
  found=$(playwright || true)
  [ -x "$found" ] || found=$(debian)
fi
if [ -z "$found" ]; then
  echo "no Chromium found, installing Playwright's" >&2
  timeout 300 "$python" -m playwright install chromium >&2 2>&1 || true
  found=$(playwright || true)
  [ -x "$found" ] || found=
fi
if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing Debian's Chromium" >&2
  { apt-get update -q && apt-get install -y -q --no-install-recommends chromium; } >&2
  found=$(debian)
fi
[ -n "$found" ] || { echo "no Chromium found: install the package chromium, or set A2F_CHROMIUM to its path" >&2; exit 1; }
echo "$found"
