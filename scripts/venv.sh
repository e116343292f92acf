#!/bin/sh
# Creates a virtual environment. On Debian this needs the package python3-venv, which is installed if run as root.
set -eu
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "a2f-server needs Python 3.11 or later" >&2; exit 1; }
if ! "$python" -m venv "$1"; then
  rm -rf "$1"
  [ "$(id -u)" = 0 ] || { echo "python3-venv is missing: sudo apt-get install python3-venv" >&2; exit 1; }
  apt-get update -q && apt-get install -y -q --no-install-recommends python3-venv
  "$python" -m venv "$1"
fi
