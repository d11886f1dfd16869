#!/usr/bin/env python3
"""Looks at the commands that draw, in terminals of several widths, with and without colour, and through a pipe.

    Tests/EndToEnd/terminal.py PROGRAM

tmux holds the terminals. What is drawn again and again has to look, to the last cell, as if it were drawn once.

Exit code 0: all is as it should be; 1: it is not.
"""
import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from rig import Program, program_path, until

ROLLOUT = """
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {{name: {name}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: app, image: "example.com/web:1"}}]}}
  strategy: {{canary: {{steps: {steps}}}}}
"""
failures = []


def check(what, good, picture=()):
    if not good:
        failures.append(what)
        print(f"wrong: {what}", *picture, sep="\n  ")


class Terminals:
    """tmux, with a terminal for each command."""

    def __init__(self, folder, kubeconfig):
        self.socket, self.environment = str(folder / "tmux"), {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "HOME": str(folder),
            "KUBECONFIG": str(kubeconfig)}

    def tmux(self, *arguments):
        run = subprocess.run(
            ["tmux", "-S", self.socket, "-u", "-f", "/dev/null", *map(str, arguments)], env=self.environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
        return run.stdout

    def open(self, name, columns, command):
        """Runs a command; when it has ended the screen says so, with its exit code."""
        self.tmux("new-session", "-d", "-s", name, "-x", columns, "-y", 40, f'{command}; echo "ended $?"; exec sleep 600')
        return Terminal(self, name)

    def close(self):
        self.tmux("kill-server")


class Terminal:
    """One command in one terminal."""

    def __init__(self, terminals, name):
        self.terminals, self.name = terminals, name

    def screen(self, *options):
        text = self.terminals.tmux("capture-pane", "-p", *options, "-t", self.name)
        return [line.rstrip() for line in text.rstrip().split("\n")]

    def until(self, good, what):
        try:
            until(lambda: good(self.screen()), 60, what)
        except TimeoutError:
            check(f"{self.name}: {what}", False, self.screen())
        return self.screen()

    def ended(self):
        return self.until(lambda lines: any("ended " in line for line in lines), "it has ended")

    def interrupt(self):
        self.terminals.tmux("send-keys", "-t", self.name, "C-c")
        lines = self.ended()
        check(f"{self.name}: Ctrl-C ends it with 0", lines[-1].endswith("ended 0"), lines)
        flags = self.terminals.tmux("display-message", "-p", "-t", self.name, "#{cursor_flag} #{wrap_flag}")
        check(f"{self.name}: the terminal is as before", flags == "1 1\n", [flags])


def without_ages(lines):
    lines = [re.sub(r"\b(\d+[smh])+\b", "#", line) for line in lines if not line.startswith("ended")]
    return [re.sub(" +", " ", line) for line in lines]


def as_new(terminals, watched, columns, command):
    """The picture is as one that is drawn once; the width of ages may differ for a moment."""
    for attempt in range(10):
        once = terminals.open(f"{watched.name}-once-{columns}-{attempt}", columns, command)
        expected = without_ages(once.ended())
        drawn = without_ages(watched.screen())
        if drawn == expected:
            return
        time.sleep(0.2)
    check(f"{watched.name} is not as new", False, ["drawn:", *drawn, "new:", *expected])


def pictures(terminals, program, run):
    """`get --watch` while an update goes on, and in a terminal that becomes narrower."""
    watched = {columns: terminals.open(f"get-{columns}", columns, f"'{program}' runtime get web --watch")
               for columns in (34, 40, 60, 80)}
    for terminal in watched.values():
        terminal.until(lambda lines: any("✔ Healthy" in line for line in lines), "web is healthy")
    run("set-image", "web", "app=example.com/web:2")
    for columns, terminal in watched.items():
        terminal.until(lambda lines: any("‖ Paused" in line for line in lines), "web is paused")
        as_new(terminals, terminal, columns, f"'{program}' runtime get web")
    terminals.tmux("resize-window", "-t", "get-80", "-x", 40, "-y", 40)
    as_new(terminals, watched[80], 40, f"'{program}' runtime get web")
    for terminal in watched.values():
        terminal.interrupt()


def lists(terminals, program, run):
    """`list --watch` narrow and without colour, wide and coloured, and through a pipe."""
    plain = terminals.open("plain", 40, f"NO_COLOR=1 '{program}' runtime list --watch")
    colored = terminals.open("colored", 80, f"'{program}' runtime list --watch")
    piped = terminals.open("piped", 120, f"'{program}' runtime list --watch | cat")
    for terminal in (plain, colored, piped):
        terminal.until(lambda lines: any("Paused" in line for line in lines), "web is paused")
    run("promote", "web")
    for terminal in (plain, colored, piped):
        terminal.until(lambda lines: "Healthy" in (lines[1] + lines[-1]), "web is healthy")
    rows = plain.screen()
    check("the narrow list is short", len(rows) == 3 and rows[1].startswith("web   ✔ Healthy") and
          rows[2] == "1 Rollout: 1 healthy", rows)
    check("NO_COLOR is heeded", not any("\x1b[" in line for line in plain.screen("-e")))
    check("there is colour", any("\x1b[32m" in line for line in colored.screen("-e")))
    rows = piped.screen()
    check("a row for each change", len(rows) > 2 and [row[:4] for row in rows].count("NAME") == 1, rows)
    check("no colour in a pipe", not any("\x1b[" in line for line in piped.screen("-e")))
    for terminal in (plain, colored):
        terminal.interrupt()


def waits(terminals, program, folder):
    """`apply --wait` leaves one line for each Rollout."""
    for columns in (40, 80):
        names = [f"one-{columns}", f"two-{columns}"]
        path = folder / f"{columns}.yaml"
        path.write_text("---".join(ROLLOUT.format(name=name, steps="[{setWeight: 50}]") for name in names))
        apply = terminals.open(f"apply-{columns}", columns, f"'{program}' runtime apply --wait '{path}' 2>/dev/null")
        lines = apply.ended()
        check("one line for each in the end", lines[-3:] == [f"{names[0]}: Healthy", f"{names[1]}: Healthy", "ended 0"], lines)
        check("and no other", sum(line.startswith(tuple(f"{name}:" for name in names)) for line in lines) == 2, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=program_path)
    program = parser.parse_args().program
    # Whoever starts this may have blocked signals, which everything below would inherit.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        kubeconfig = folder / "cluster.yaml"
        cluster = Program(folder / "cluster.log", [
            program, "runtime", "run", "--embedded", "--kubeconfig-out", kubeconfig, "--pod-delay", "50ms"])
        terminals = Terminals(folder, kubeconfig)

        def run(*arguments, text=None):
            subprocess.run([program, "runtime", *arguments], input=text, text=True, check=True, capture_output=True,
                           env={**os.environ, "KUBECONFIG": str(kubeconfig)}, timeout=60)

        try:
            until(kubeconfig.exists, 60, "the cluster is there")
            run("apply", "--wait", "-", text=ROLLOUT.format(name="web", steps="[{setWeight: 50}, {pause: {}}]"))
            pictures(terminals, program, run)
            lists(terminals, program, run)
            waits(terminals, program, folder)
        finally:
            terminals.close()
            cluster.stop()
    print("failed" if failures else "all is as it should be")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
