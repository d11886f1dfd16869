#!/usr/bin/env python3
"""Makes the schemas of the CustomResourceDefinitions that `rollout-render runtime install` prints.

Usage: generate-crds.py --crds FOLDER [--descriptions FILE] --output FILE [--check]

  --crds          `manifests/crds` of github.com/argoproj/argo-rollouts
  --descriptions  what `kubectl explain` says of our fields; by default `descriptions.yaml` beside this file
  --output        Sources/ManifestKit/Installation/CustomResourceSchemas.generated.swift
  --check         write nothing; exit with 1 where the output is not what this would make

Needs Python 3 and PyYAML. The same input always makes the same output.

What an API server makes of an object depends on every word of a schema but its prose: which fields it drops, which
defaults it fills in, what it refuses, how lists are merged. A cluster that goes from one controller to the other must
not see any of that change, so the schemas are taken over as they are, and only their prose is left out: it is what
makes the reference's CRDs too large for `kubectl apply`. Our own words for the fields of Argo Rollouts are put in.

A schema says the same thing many times over, above all in its pod templates. So the text holds each part that is
used more than once only once: `{"parts": [...], "kinds": {...}}`, in which `{"@": 3}` stands for the fourth part, and
a part refers only to those before it. `CustomResourceDefinitions.swift` puts them together.
"""
import argparse
import json
import os
import sys

import yaml

CRD_FILES = ["rollout", "analysis-template", "cluster-analysis-template", "analysis-run", "experiment"]
# A part must be longer than a reference to it to be worth one.
SHORTEST_PART = 24
# The analysis kinds describe their metrics in the same words.
SAME_WORDS = {"ClusterAnalysisTemplate": "AnalysisTemplate", "AnalysisRun": "AnalysisTemplate"}


def plain(schema):
    """A schema without its prose."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items()
                if not (key == "description" and isinstance(value, str))}
    return [plain(value) for value in schema] if isinstance(schema, list) else schema


def described(schema, words, path, used):
    """A schema with our words for its fields, which `words` has by path."""
    result = dict(schema)
    if path in words:
        used.add(path)
        result = {"description": words[path], **result}
    if isinstance(schema.get("properties"), dict):
        result["properties"] = {name: described(value, words, f"{path}.{name}" if path else name, used)
                                for name, value in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            result[key] = described(schema[key], words, path + "[]", used)
    return result


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=True)


class Parts:
    """Finds what schemas have in common."""

    def __init__(self):
        self.counts, self.places, self.parts = {}, {}, []

    def count(self, value):
        if isinstance(value, (dict, list)):
            key = compact(value)
            self.counts[key] = self.counts.get(key, 0) + 1
            # What is in a part that was there before is counted with it.
            if self.counts[key] == 1:
                for inner in value.values() if isinstance(value, dict) else value:
                    self.count(inner)

    def shared(self, value):
        if not isinstance(value, (dict, list)):
            return value
        key = compact(value)
        if key in self.places:
            return {"@": self.places[key]}
        if isinstance(value, dict):
            result = {name: self.shared(inner) for name, inner in value.items()}
        else:
            result = [self.shared(inner) for inner in value]
        if self.counts[key] > 1 and len(compact(result)) >= SHORTEST_PART:
            self.places[key] = len(self.parts)
            self.parts.append(result)
            return {"@": self.places[key]}
        return result


def restored(value, parts):
    if isinstance(value, dict):
        if set(value) == {"@"}:
            return restored(parts[value["@"]], parts)
        return {key: restored(inner, parts) for key, inner in value.items()}
    return [restored(inner, parts) for inner in value] if isinstance(value, list) else value


def swift(text):
    assert '"""' not in text and "\\#" not in text and all(32 <= ord(character) < 127 for character in text)
    # A blank at the end of a line would be lost, and a backslash would join with the mark that continues the line.
    lines, start, width = [], 0, 110
    while start < len(text):
        end = min(len(text), start + width)
        while end < len(text) and (text[end - 1] in " \\" or text[end] == " "):
            end -= 1
        lines.append(text[start:end])
        start = end
    out = ["// Made by Tools/generate-crds.py, which tells how; not to be edited.", "",
           "extension CustomResourceDefinitions {", "    /// The schemas of all kinds, each part of them once.",
           "    static var schemaText: StaticString {", '        #"""']
    out += ["        " + line + "\\#" for line in lines[:-1]] + ["        " + lines[-1], '        """#', "    }", "}", ""]
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--crds", required=True)
    parser.add_argument("--descriptions", default=os.path.join(here, "descriptions.yaml"))
    parser.add_argument("--output", required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.descriptions, encoding="utf-8") as file:
        words = yaml.safe_load(file)
    schemas = {}
    for stem in CRD_FILES:
        with open(os.path.join(arguments.crds, stem + "-crd.yaml"), encoding="utf-8") as file:
            crd = yaml.safe_load(file)
        kind, versions = crd["spec"]["names"]["kind"], crd["spec"]["versions"]
        assert [version["name"] for version in versions] == ["v1alpha1"], kind
        used = set()
        own = {**words.get(SAME_WORDS.get(kind), {}), **words[kind]}
        schemas[kind] = described(plain(versions[0]["schema"]["openAPIV3Schema"]), own, "", used)
        missing = set(words[kind]) - used
        assert not missing, f"{kind} has no {sorted(missing)}"
    parts = Parts()
    for kind in schemas:
        parts.count(schemas[kind])
    kinds = {kind: parts.shared(schemas[kind]) for kind in schemas}
    assert restored(kinds, parts.parts) == schemas
    text = compact({"parts": parts.parts, "kinds": kinds})
    output = swift(text)
    if arguments.check:
        with open(arguments.output, encoding="utf-8") as file:
            sys.exit(0 if file.read() == output else f"{arguments.output} is not what the CRDs make")
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(output)
    print(f"{len(parts.parts)} parts, {len(text)} bytes: {arguments.output}")


if __name__ == "__main__":
    main()
