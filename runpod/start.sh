#!/bin/sh
# Starts a2f-server in a container: finds the volume, fetches the model that A2F_MODEL names, and serves.
#
#   start.sh [serve]   the page, the WebSocket and the HTTP routes, on PORT, A2F_PORT or 8000
#   start.sh queue     RunPod's queue (handler.py); what follows goes to RunPod's SDK
#   start.sh health    whether the server in this container is well; 0 or 1
#
# Every setting of the server (`a2f-server settings`) works as an environment variable. These are read here alone:
#   A2F_MODEL            a bundle to download once, such as nvidia/Audio2Face-3D-v2.3-Mark; without it the built-in model
#   A2F_ACCEPT_LICENCE   1: you have read the licence of that model, and accept it
#   A2F_VOLUME           where to keep models; without it RunPod's volume, else the container's own disk
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
port=${PORT:-${A2F_PORT:-8000}}
children=

say() { echo "start: $*" >&2; }
stop() { say "$*"; exit 2; }

# A shell that waits hears no signal until the child ends; it hears one while it waits for a job.
wait_for() { "$@" & children="$children $!"; wait "$!"; }
# shellcheck disable=SC2086 # several
hang_up() { [ -z "$children" ] || kill $children 2>/dev/null || true; }
trap 'hang_up; exit 143' TERM INT

case $port in
  *[!0-9]*) stop "PORT=$port is no number: write it as 8000" ;;
esac

health() {
  exec python -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=4)' "http://127.0.0.1:$port/health"
}

# A reference to a secret that is not there may stay as it is: a key that everybody could guess.
check_secrets() {
  for name in A2F_API_KEY A2F_AZURE_KEY HF_TOKEN; do
    case $(eval "echo \"\${$name:-}\"") in
      *RUNPOD_SECRET_*) stop "$name is the name of a secret that does not exist: make it under Secrets in RunPod's console" ;;
    esac
  done
}

check_key() {
  [ -n "${A2F_API_KEY:-}${A2F_INSECURE:-}" ] || stop "anybody who finds this server could use it: set A2F_API_KEY" \
    "to a secret of yours, or A2F_INSECURE=1 where something else keeps strangers out"
}

# Prints a folder that can be written: the volume's, so that a model is downloaded once.
find_store() {
  if [ -n "${A2F_VOLUME:-}" ]; then
    [ -d "$A2F_VOLUME" ] || stop "there is no folder $A2F_VOLUME (A2F_VOLUME): mount a volume there, or leave it unset"
  fi
  for volume in "${A2F_VOLUME:-}" /runpod-volume /workspace; do
    [ -n "$volume" ] && [ -d "$volume" ] || continue
    if mkdir -p "$volume/a2f/models" 2>/dev/null && [ -w "$volume/a2f/models" ]; then
      echo "$volume/a2f"
      return
    fi
    say "user $(id -u) may not write to $volume: what is downloaded is lost at the next start. To keep it, run" \
      "'mkdir -p $volume/a2f && chmod -R 777 $volume/a2f' as root once, in a pod of another" \
      "image that has this volume (RunPod's own are root)"
  done
  # A user whom the image does not know has no home that it could write.
  temporary=${TMPDIR:-/tmp}
  if mkdir -p "${HOME:-$temporary}/a2f/models" 2>/dev/null; then echo "${HOME:-$temporary}/a2f"; else echo "$temporary/a2f"; fi
}

# Reading a whole bundle takes seconds, which a cold start has not: once it was found whole, that is noted beside it.
whole() {
  [ -e "$1/.whole" ] || { a2f-server models check --no-measure "$1" >/dev/null 2>&1 && note "$1"; }
}
note() { touch "$1/.whole" 2>/dev/null || say "$1 cannot be written: the model is checked at each start"; }

fetch() {
  [ "${A2F_ACCEPT_LICENCE:-}" = 1 ] || stop "$A2F_MODEL has a licence of its own: read it on the model's page, then set" \
    "A2F_ACCEPT_LICENCE=1"
  if [ "$mode" = serve ]; then
    python "$here/initialising.py" "$port" &
    answering=$!
    children="$children $answering"
  fi
  # Workers share the volume: one downloads, the others wait for it.
  exec 9>"$store/models/.lock"
  wait_for flock 9 || say "this volume has no locks: workers that start at once may download twice"
  if ! whole "$A2F_MODEL_DIR"; then
    say "downloading $A2F_MODEL to $A2F_MODEL_DIR"
    wait_for a2f-server models pull "$A2F_MODEL" --to "$A2F_MODEL_DIR" --accept-licence ||
      { hang_up; stop "$A2F_MODEL could not be downloaded; what went wrong stands above"; }
    note "$A2F_MODEL_DIR" # it was checked, too
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
  else # in the store, or on a volume that may only be read
    name=a2f/models/${A2F_MODEL##*/}
    set -- "${store%/a2f}/$name" "${A2F_VOLUME:-}/$name" "/runpod-volume/$name" "/workspace/$name"
  fi
  for A2F_MODEL_DIR; do
    export A2F_MODEL_DIR
    if [ -d "$A2F_MODEL_DIR" ] && whole "$A2F_MODEL_DIR"; then
      say "the model is there: $A2F_MODEL_DIR"
      return
    fi
  done
  A2F_MODEL_DIR=$1
  fetch
}

# The address that RunPod gives this container. Its proxies may not hand the name on by which the page was asked for.
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
# GPUs that are newer than the model's runtime compile for minutes at their first use, and keep the result here.
export CUDA_CACHE_PATH="${CUDA_CACHE_PATH:-$store/cuda}" CUDA_CACHE_MAXSIZE="${CUDA_CACHE_MAXSIZE:-4294967296}"
[ -z "${A2F_MODEL:-}" ] || find_model

if [ "$mode" = queue ]; then
  say "taking jobs from RunPod's queue"
  exec python -u "$here/handler.py" "$@"
fi
address=$(address)
[ -z "$address" ] || export A2F_ALLOWED_ORIGINS="$address${A2F_ALLOWED_ORIGINS:+,$A2F_ALLOWED_ORIGINS}"
export A2F_HOST="${A2F_HOST:-0.0.0.0}" A2F_PORT="$port"
say "serving on port $port${address:+, which is $address}"
exec a2f-server serve "$@"
