#!/usr/bin/env python3
"""Measures the controller among many Rollouts at rest: start-up time, memory, idle processor time.

    Benchmarks/scale.py [PROGRAM] [--rollouts N] [--idle SECONDS] [--max-memory MIB]

Creates N Rollouts of one pod with nginx canaries against `runtime cluster`, waits until all are healthy, and starts the
controller anew: what counts is the second process, which lists everything at once. It has started when it has looked at
every Rollout. Exits with 1 where it takes more memory than --max-memory, and as soon as the cluster or a controller has
ended by itself.
"""
import argparse
import sys
import time

import controller as bench


def looks(controller):
    """How many looks at Rollouts the controller's metrics count."""
    try:
        text = controller.metrics()
    except OSError:
        return 0
    counts = [line.rpartition(" ")[2] for line in text.splitlines()
              if line.startswith("rollout_render_reconcile_own_seconds_count")]
    return int(counts[0]) if counts else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=bench.ROOT / ".build/release/rollout-render")
    parser.add_argument("--rollouts", type=int, default=5000)
    parser.add_argument("--idle", type=int, default=20)
    parser.add_argument("--timeout", type=int, default=900)
    parser.add_argument("--max-memory", type=float)
    options = parser.parse_args()
    with bench.running(options.program) as (cluster, start):
        first = start(bench.limits(100_000))
        fill(options, cluster)
        print(f"| {options.rollouts} Rollouts with a ReplicaSet, two Services and two Ingresses each | |\n|---|---|")
        print(f"| memory at the most while they were created | {first.memory('VmHWM'):.0f} MiB |")
        print(f"| processor time to create them | {first.cpu():.1f} s |")
        cluster.programs.remove(first.program)
        first.program.stop()
        measure(options, cluster, start())


def fill(options, cluster):
    time.sleep(2)
    for number in range(options.rollouts):
        for path, body in bench.objects(number, [20], 1):
            if path == bench.ROLLOUTS:
                body["spec"]["replicas"] = 1
            cluster.send("POST", path, body)
        cluster.check()
    cluster.settle("1", options.rollouts, options.timeout)
    time.sleep(5)


def measure(options, cluster, controller):
    began = time.monotonic()
    while looks(controller) < options.rollouts:
        cluster.check()
        if time.monotonic() - began > options.timeout:
            sys.exit(f"{looks(controller)} looks at {options.rollouts} Rollouts after {options.timeout} s")
        time.sleep(0.1)
    print(f"| until all of them are looked at after a start | {time.monotonic() - began:.1f} s |")
    print(f"| processor time for that | {controller.cpu():.1f} s |")
    time.sleep(5)
    cpu = controller.cpu()
    time.sleep(options.idle)
    cluster.check()
    print(f"| cores while idle | {(controller.cpu() - cpu) / options.idle:.3f} |")
    memory = controller.memory("VmHWM")
    print(f"| memory now, and at the most | {controller.memory('VmRSS'):.0f} and {memory:.0f} MiB |")
    print(f"| 99 of 100 looks at a Rollout take, without the API, at most | {controller.slowest() * 1000:.0f} ms |")
    print(f"| writes | {sum(controller.writes().values())} |")
    if options.max_memory is not None and memory > options.max_memory:
        sys.exit(f"{memory:.0f} MiB, and {options.max_memory} are allowed")


if __name__ == "__main__":
    main()
