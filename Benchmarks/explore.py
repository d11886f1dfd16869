#!/usr/bin/env python3
"""Explores every strategy in Benchmarks/strategies under random trouble, and prints what breaks.

    Benchmarks/explore.py [PROGRAM] [--seeds N] [--first SEED] [STRATEGY]...

Exits with 1 where an invariant was broken, with the shortest scenario that shows it.
"""
import argparse
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Benchmarks/strategies"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?", default=ROOT / ".build/release/rollout-render")
    parser.add_argument("strategies", nargs="*")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    names = options.strategies or sorted(file.stem for file in FOLDER.glob("*.yaml"))
    is_broken = False
    for name in names:
        start = time.monotonic()
        run = subprocess.run(
            [options.program, "simulate", FOLDER / f"{name}.yaml", "--explore", str(options.seeds),
             "--seed", str(options.first)], capture_output=True, text=True)
        seconds = time.monotonic() - start
        is_broken = is_broken or run.returncode != 0
        state = "nothing broken" if run.returncode == 0 else f"BROKEN ({run.returncode})"
        print(f"{name}: {options.seeds} seeds in {seconds:.1f} s: {state}", flush=True)
        if run.returncode != 0:
            print(run.stdout + run.stderr, flush=True)
    sys.exit(1 if is_broken else 0)


if __name__ == "__main__":
    main()
