#!/bin/sh
# Starts a2f-server in a container: finds the volume, downloads the model named by A2F_MODEL, and serves.
#
#   start.sh [serve]   serve the page, the WebSocket and the HTTP API on PORT, A2F_PORT or 8000
#   start.sh queue     take jobs from RunPod's queue (handler.py); further arguments go to RunPod's SDK
#   start.sh health    exit with 0 if the server in this container is healthy, else with 1
#
# Every setting of the server (`a2f-server settings`) works as an environment variable. This script also reads:
#   A2F_MODEL            bundle to download once, such as nvidia/Audio2Face-3D-v2.3-Mark (default: the built-in model)
#   A2F_ACCEPT_LICENCE   1 if you have read and accepted the licence of that model
#   A2F_VOLUME           folder for models (default: RunPod's volume, else the container's disk)
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
port=${PORT:-${A2F_PORT:-8000}}
children=

say() { echo "start: $*" >&2; }
stop() { say "$*"; exit 2; }

# A shell handles signals only after a foreground child ends, but immediately while it waits for a background job.
wait_for() { "$@" & children="$children $!"; wait "$!"; }
# shellcheck disable=SC2086 # several process ids
hang_up() { [ -z "$children" ] || kill $children 2>/dev/null || true; }
trap 'hang_up; exit 143' TERM INT

case $port in
  *[!0-9]*) stop "PORT=$port is not a number: write it as 8000" ;;
esac

health() {
  exec python -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=4)' "http://127.0.0.1:$port/health"
}

# RunPod may leave a reference to a missing secret unresolved, which would be a key that anyone could guess.
check_secrets() {
  for name in A2F_API_KEY A2F_AZURE_KEY HF_TOKEN; do
    case $(eval "echo \"\${$name:-}\"") in
      *RUNPOD_SECRET_*) stop "$name refers to a secret that does not exist: create it under Secrets in RunPod's console" ;;
    esac
  done
}

check_key() {
  [ -n "${A2F_API_KEY:-}${A2F_KEYS_FILE:-}${A2F_INSECURE:-}" ] || stop "anyone could use this server: set A2F_API_KEY" \
    "to a secret of yours, or A2F_INSECURE=1 if a proxy or firewall protects it"
}

# Prints a writable folder for models, on the volume if there is one, to download a model only once.
find_store() {
  if [ -n "${A2F_VOLUME:-}" ]; then
    [ -d "$A2F_VOLUME" ] || stop "there is no folder $A2F_VOLUME (A2F_VOLUME): mount a volume there, or unset it"
  fi
  for volume in "${A2F_VOLUME:-}" /runpod-volume /workspace; do
    [ -n "$volume" ] && [ -d "$volume" ] || continue
    if mkdir -p "$volume/a2f/models" 2>/dev/null && [ -w "$volume/a2f/models" ]; then
      echo "$volume/a2f"
      return
    fi
    say "user $(id -u) may not write to $volume: downloads are lost at the next start. To keep them, run" \
      "'mkdir -p $volume/a2f && chmod -R 777 $volume/a2f' once as root, in a pod with this volume and another" \
      "image (RunPod's own images run as root)"
  done
  # A user that is unknown to the image has no writable home folder.
  temporary=${TMPDIR:-/tmp}
  if mkdir -p "${HOME:-$temporary}/a2f/models" 2>/dev/null; then echo "${HOME:-$temporary}/a2f"; else echo "$temporary/a2f"; fi
}

# Checking a bundle takes seconds, too long for a cold start, so a marker file records that it is complete.
is_complete() {
  [ -e "$1/.whole" ] || { a2f-server models check --no-measure "$1" >/dev/null 2>&1 && mark_complete "$1"; }
}
mark_complete() { touch "$1/.whole" 2>/dev/null || say "$1 is read-only: the model is checked at each start"; }

fetch() {
  [ "${A2F_ACCEPT_LICENCE:-}" = 1 ] || stop "$A2F_MODEL has its own licence: read it on the model's page, then set" \
    "A2F_ACCEPT_LICENCE=1"
  if [ "$mode" = serve ]; then
    python "$here/initialising.py" "$port" &
    answering=$!
    children="$children $answering"
  fi
  # Workers share the volume: one downloads, the others wait.
  exec 9>"$store/models/.lock"
  wait_for flock 9 || say "this volume has no locks: workers that start at the same time may download twice"
  if ! is_complete "$A2F_MODEL_DIR"; then
    say "downloading $A2F_MODEL to $A2F_MODEL_DIR"
    wait_for a2f-server models pull "$A2F_MODEL" --to "$A2F_MODEL_DIR" --accept-licence ||
      { hang_up; stop "$A2F_MODEL could not be downloaded; see the error above"; }
    mark_complete "$A2F_MODEL_DIR" # the download is checked
  fi
  exec 9>&-
  [ -z "${answering:-}" ] || { kill "$answering" 2>/dev/null || true; wait "$answering" || true; }
}

find_model() {
  case $A2F_MODEL in
    */*/* | *..* | /* | */ | *[!A-Za-z0-9._/-]*) stop "A2F_MODEL=$A2F_MODEL: write it as nvidia/Audio2Face-3D-v2.3-Mark" ;;
    */*) ;;
    *) stop "A2F_MODEL=$A2F_MODEL: write it as nvidia/Audio2Face-3D-v2.3-Mark" ;;
  esac
  if [ -n "${A2F_MODEL_DIR:-}" ]; then
    set -- "$A2F_MODEL_DIR"
  else # in the store, or on a read-only volume
    name=a2f/models/${A2F_MODEL##*/}
    set -- "${store%/a2f}/$name" "${A2F_VOLUME:-}/$name" "/runpod-volume/$name" "/workspace/$name"
  fi
  for A2F_MODEL_DIR; do
    export A2F_MODEL_DIR
    if [ -d "$A2F_MODEL_DIR" ] && is_complete "$A2F_MODEL_DIR"; then
      say "the model is there: $A2F_MODEL_DIR"
      return
    fi
  done
  A2F_MODEL_DIR=$1
  fetch
}

# Prints this container's address at RunPod, whose proxies may not forward the original host name.
address() {
  if [ -n "${RUNPOD_ENDPOINT_ID:-}" ]; then
    echo "https://$RUNPOD_ENDPOINT_ID.api.runpod.ai"
  elif [ -n "${RUNPOD_POD_ID:-}" ]; then
    echo "https://$RUNPOD_POD_ID-$port.proxy.runpod.net"
  fi
}

mode=${1:-serve}
[ "$#" = 0 ] || shift
case $mode in
  health) health ;;
  serve) check_secrets && check_key ;;
  queue) check_secrets ;;
  *) stop "there is no $mode: say serve, queue or health" ;;
esac

store=$(find_store)
mkdir -p "$store/models"
# On GPUs newer than the runtime, the first use compiles for minutes; the result is cached here.
export CUDA_CACHE_PATH="${CUDA_CACHE_PATH:-$store/cuda}" CUDA_CACHE_MAXSIZE="${CUDA_CACHE_MAXSIZE:-4294967296}"
[ -z "${A2F_MODEL:-}" ] || find_model

unset HF_TOKEN HUGGING_FACE_HUB_TOKEN # only the download needs them

if [ "$mode" = queue ]; then
  say "taking jobs from RunPod's queue"
  exec python -u "$here/handler.py" "$@"
fi
unset RUNPOD_API_KEY # RunPod gives it to every pod; the server has no use for it
address=$(address)
# Only RunPod's proxies can reach this container, whatever host name they pass on. With a key, names are not checked.
[ -z "$address" ] || [ -n "${A2F_API_KEY:-}" ] || export A2F_HOSTS="${A2F_HOSTS:-*}"
[ -z "$address" ] || export A2F_ALLOWED_ORIGINS="$address${A2F_ALLOWED_ORIGINS:+,$A2F_ALLOWED_ORIGINS}"
export A2F_HOST="${A2F_HOST:-0.0.0.0}" A2F_PORT="$port"
say "serving on port $port${address:+, which is $address}"
exec a2f-server serve "$@"
