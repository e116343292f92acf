#!/bin/sh
# Installs the speech synthesisers for training (Debian packages): with `few` those of the smoke run, else all voices.
set -eu
few="espeak-ng libespeak-ng1 flite festival festvox-kallpc16k"
all="$few festvox-kdlpc16k festvox-us-slt-hts festvox-italp16k festvox-itapc16k festvox-czech-dita festvox-czech-krb
festvox-czech-machac festvox-czech-ph festvox-suopuhe-lj festvox-suopuhe-mv festvox-ru
festival-hi festvox-hi-nsk festival-mr festvox-mr-nsk festival-te festvox-te-nsk"
packages="$all"
[ "${1:-all}" = few ] && packages="$few"
missing=""
for package in $packages; do
  dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "training needs speech synthesisers from Debian: sudo apt-get install$missing" >&2
  exit 1
fi
# shellcheck disable=SC2086 # several packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
