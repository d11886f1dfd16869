#!/usr/bin/env python3
"""Measures many AnalysisRuns at once: whether they keep their interval, and what they cost.

    Benchmarks/analysis.py [PROGRAM] [--runs N] [--interval SECONDS] [--seconds SECONDS] [--qps N]

Starts `runtime cluster` in one process and `runtime run` in another, and a web server that answers every question and
notes when it was asked. Creates N AnalysisRuns with one web metric each. The interval of a run is the time between two
questions of it; the time of the first is not judged, since a run's own start falls anywhere in a second. Processor time is
the controller's alone. Measurements wait for no write, and those of a run that goes on are written down together where
writes lag behind: the limit of requests a second (--qps) may be below runs / interval, as the controller's own of 50 is
for 1,000 runs every 10 s. Exits with 1 where more than one in a thousand gaps is off by more than 5 %, or where the
controller takes more than --max-cores.
"""
import argparse
import asyncio
import statistics
import sys
import threading
import time

import controller as bench


class Server:
    """Answers `{"ok": true}` and notes the moment of each question by its path."""

    def __init__(self):
        self.moments = {}
        self.port = None
        self.ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True).start()
        self.ready.wait(10)

    async def run(self):
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        async with server:
            await server.serve_forever()

    async def answer(self, reader, writer):
        body = b'{"ok": true}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                path = request.split(b" ", 2)[1].decode()
                self.moments.setdefault(path, []).append(time.monotonic())
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def run_object(number, port, interval):
    return {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": {"name": f"run-{number}"},
        "spec": {"metrics": [{
            "name": "web", "interval": f"{interval}s", "successCondition": "result",
            "provider": {"web": {"url": f"http://127.0.0.1:{port}/{number}", "jsonPath": "{$.ok}"}}}]}}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=bench.ROOT / ".build/release/rollout-render")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--qps", type=int, default=500)
    parser.add_argument("--max-cores", type=float)
    options = parser.parse_args()
    server = Server()
    with bench.running(options.program) as (cluster, start):
        measure(options, cluster, start(bench.limits(options.qps)), server)


def measure(options, cluster, controller, server):
    # As runs of many Rollouts would: they begin at any moment of the interval.
    began = time.monotonic()
    path = "/apis/argoproj.io/v1alpha1/namespaces/bench/analysisruns"
    for number in range(options.runs):
        due = began + number * options.interval / options.runs
        time.sleep(max(0, due - time.monotonic()))
        cluster.send("POST", path, run_object(number, server.port, options.interval))
    time.sleep(2 * options.interval)
    cpu, writes, start = controller.cpu(), controller.writes(), time.monotonic()
    time.sleep(options.seconds)
    seconds = time.monotonic() - start
    cores = (controller.cpu() - cpu) / seconds
    made = sum(controller.writes().values()) - sum(writes.values())
    gaps = []
    for moments in server.moments.values():
        gaps += [b - a for a, b in zip(moments[1:], moments[2:])]
    report(options, controller, cores, made / seconds, gaps, len(server.moments))


def report(options, controller, cores, writes, gaps, asked):
    off = [abs(gap / options.interval - 1) for gap in gaps]
    late = sum(value > 0.05 for value in off)
    print(f"| {options.runs} AnalysisRuns with a web metric every {options.interval} s | |\n|---|---|")
    print(f"| runs that measured | {asked} |\n| gaps between measurements | {len(gaps)} |")
    print(f"| mean, shortest and longest gap | {statistics.mean(gaps):.3f}, {min(gaps):.2f} and {max(gaps):.2f} s |")
    print(f"| gaps more than 5 % off | {late} |\n| cores | {cores:.2f} |\n| writes a second | {writes:.0f} |")
    print(f"| memory now, and at the most | {controller.memory('VmRSS'):.0f} and {controller.memory('VmHWM'):.0f} MiB |")
    if late * 1000 > len(gaps) or asked < options.runs:
        sys.exit(f"{late} of {len(gaps)} gaps are more than 5 % off, {asked} of {options.runs} runs measured")
    if options.max_cores is not None and cores > options.max_cores:
        sys.exit(f"{cores:.2f} cores, and {options.max_cores} are allowed")


if __name__ == "__main__":
    main()
