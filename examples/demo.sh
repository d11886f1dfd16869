#!/bin/sh
# Shows what the program does, with the manifests in this folder. Takes the program's path.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")/.."

show() {
    printf '\n\033[1m$ rollout-render'
    for word in "$@"; do printf ' %s' "$word"; done
    printf '\033[0m\n'
    "$program" "$@" 2>&1
}

show validate examples/canary-basic examples/canary-nginx examples/blue-green examples/istio-canary examples/analysis
show validate examples/broken && { echo "the faults in examples/broken were not found" >&2; exit 1; }
show rules RR0002
show convert --strategy canary --steps 10,pause,50,pause:10m --traffic nginx --diff examples/deployment
show render --output table examples/canary-nginx
show render --output table examples/blue-green
show hash examples/canary-basic/rollout.yaml
