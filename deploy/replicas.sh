#!/bin/sh
# Starts several replicas on this machine, one port each, for deploy/haproxy.cfg (docs/scale.md):
#
#   deploy/replicas.sh 4          on ports 8001 to 8004
#   deploy/replicas.sh 4 9001     on ports 9001 to 9004
#
# All replicas use the settings of the environment (A2F_MAX_STREAMS is per replica). If there are GPUs, all or those of
# CUDA_VISIBLE_DEVICES, the replicas are distributed over them in turn. A replica that ends is restarted: to update one,
# `kill -TERM` it, and it shuts down gracefully first. SIGTERM to this script shuts all of them down gracefully.
set -eu
count=${1:?how many replicas?}
first=${2:-8001}
case $count$first in
  *[!0-9]*) echo "$0: write numbers: how many replicas, and the first port" >&2; exit 2 ;;
esac
gpus=${CUDA_VISIBLE_DEVICES-$(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null | paste -sd, || true)}

# Prints GPU number $1, counted from 0 and modulo the number of GPUs.
gpu() {
  many=$(echo "$gpus" | tr , '\n' | wc -l)
  echo "$gpus" | cut -d, -f$(($1 % many + 1))
}

# Runs the replica on port $1 and restarts it until SIGTERM.
keep() {
  stopping='' child=''
  trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' TERM
  while [ -z "$stopping" ]; do
    A2F_PORT=$1 a2f-server serve &
    child=$!
    [ -z "$stopping" ] || kill -TERM "$child" 2>/dev/null || true # the signal came before the child was started
    echo "the replica on port $1 is process $child" >&2
    status=0
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do # a signal interrupted `wait`; the replica still runs
      status=0
      wait "$child" || status=$?
    done
    case $status in
      2 | 126 | 127) exit "$status" ;; # wrong settings or a missing program: a restart would not help
    esac
    [ -n "$stopping" ] || sleep 1
  done
}

replicas=''
for number in $(seq 0 $((count - 1))); do
  if [ -n "$gpus" ]; then
    CUDA_VISIBLE_DEVICES=$(gpu "$number")
    export CUDA_VISIBLE_DEVICES
  fi
  keep $((first + number)) &
  replicas="$replicas $!"
done
trap 'kill -TERM $replicas 2>/dev/null || true' TERM INT
status=0
for replica in $replicas; do
  while kill -0 "$replica" 2>/dev/null; do
    wait "$replica" || status=$?
  done
done
[ "$status" -lt 128 ] || status=0 # the signal that interrupted `wait`
exit "$status"
