#!/usr/bin/env python3
"""Measures rollout-render against libyaml alone, in the same run, and prints a table.

    Benchmarks/run.py [PROGRAM] [--runs N]

The stream is 2,000 copies of a canary Rollout of 40 lines, made from examples/canary-basic. Each figure is the median of
the runs; the peer and the program take turns, so that a busy machine slows both.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def rollout(number, steps=None):
    """The example without comments, cut to 40 lines, under a name of its own."""
    text = (ROOT / "examples/canary-basic/rollout.yaml").read_text().split("\n---\n")[0]
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    lines = [line for line in lines if "revisionHistoryLimit" not in line]
    lines[lines.index("  name: web")] = f"  name: web-{number}"
    if steps:
        first = lines.index("      steps:") + 1
        lines[first:] = [f"      - setWeight: {(index + 1) * 100 // (steps + 1)}" for index in range(steps)]
    return "\n".join(lines) + "\n"


def hour():
    """A canary of ten steps with an hour of pauses."""
    steps = [f"setWeight: {index * 18}\n      - pause: {{duration: 12m}}" for index in range(1, 6)]
    lines = rollout(0).split("\n")
    first = lines.index("      steps:") + 1
    return "\n".join(lines[:first] + [f"      - {step}" for step in steps]) + "\n"


def stream(path, count, steps=None):
    """Writes many Rollouts into one file."""
    with open(path, "w") as file:
        for number in range(count):
            file.write("---\n" + rollout(number, steps))


def run(runner, command):
    """Seconds, seconds of processor time and KiB at the most, of one run."""
    output = subprocess.run([runner, *command], check=True, capture_output=True, text=True).stdout.split()
    if int(output[3]) not in (0, 1):
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return float(output[0]), float(output[1]), int(output[2])


def measure(runner, commands, runs):
    """The medians of each command; they take turns."""
    results = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            results[name].append(run(runner, command))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=ROOT / ".build/release/rollout-render")
    parser.add_argument("--runs", type=int, default=15)
    options = parser.parse_args()
    program = pathlib.Path(options.program).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        scan, runner = folder / "libyaml_scan", folder / "measured"
        for binary in (scan, runner):
            source = ROOT / f"Benchmarks/{binary.name}.c"
            subprocess.run(["clang", "-O2", source, "-o", binary, "-lyaml"], check=True)
        one, many, more, steps = (folder / name for name in ("one.yaml", "many.yaml", "more.yaml", "steps.yaml"))
        stream(one, 1)
        stream(many, 2_000)
        stream(more, 20_000)
        stream(steps, 1_000, steps=10)
        update = folder / "update.yaml"
        update.write_text(hour())
        split = folder / "files"
        split.mkdir()
        for number in range(2_000):
            (split / f"{number}.yaml").write_text(rollout(number))
        results = measure(runner, {
            "scan": [scan, many],
            "many": [program, "validate", many],
            "files": [program, "validate", split],
            "one": [program, "validate", one],
            "version": [program, "--version"],
            "simulate": [program, "simulate", update],
        }, options.runs)
        results |= measure(runner, {
            "more": [program, "validate", more],
            "render": [program, "render", "-o", "json", steps],
            "explore": [program, "simulate", "--explore", "1000", ROOT / "Benchmarks/strategies/canary-nginx.yaml"],
        }, max(options.runs // 5, 1))
        report(results, many.stat().st_size)


def report(results, size):
    base = results["scan"][0]
    rows = [("2,000 Rollouts of 40 lines in one stream "f"({size / 1e6:.1f} MB), libyaml alone", "scan"),
            ("the same, `validate`", "many"),
            ("the same as 2,000 files, `validate`", "files"),
            ("20,000 Rollouts in one stream, `validate`", "more"),
            ("one Rollout, `validate`, whole process", "one"),
            ("`--version`", "version"),
            ("1,000 Rollouts with ten steps, `render -o json`", "render"),
            ("ten steps with an hour of pauses, `simulate`, whole process", "simulate"),
            ("1,000 seeds of an update, `simulate --explore`", "explore")]
    print("| | time | processor time | memory at the most | times libyaml |")
    print("|---|---|---|---|---|")
    for title, name in rows:
        seconds, cpu, memory = results[name]
        ratio = f"{seconds / base:.2f}" if name in ("many", "files") else ""
        print(f"| {title} | {milliseconds(seconds)} | {milliseconds(cpu)} | {memory / 1024:.0f} MiB | {ratio} |")


if __name__ == "__main__":
    main()
