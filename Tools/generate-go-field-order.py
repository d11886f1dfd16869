#!/usr/bin/env python3
"""Writes the table of the order and kinds of fields in which Go's encoder writes a pod template and canary steps.

The table holds facts only: the names of types and fields, their order, and whether an empty one is left out. It is
read from the Go sources of three repositories, each checked out at the version that the reference controller is built
with (k8s.io/api and k8s.io/apimachinery at the same version, see its go.mod):

    Tools/generate-go-field-order.py --api DIR --apimachinery DIR --rollouts DIR --version v0.34.5 \\
        > Sources/ManifestKit/Model/GoFieldOrder.generated.swift
"""
import argparse
import pathlib
import re

ROOTS = [("core", "PodTemplateSpec"), ("rollouts", "CanaryStep")]
PRIMITIVES = {
    "string": "s", "bool": "b", "int": "i", "int8": "i", "int16": "i", "int32": "i", "int64": "i", "uint32": "i",
    "uint64": "i", "float32": "f", "float64": "f", "byte": "i",
}
SPECIAL = {
    "resource.Quantity": "q", "intstr.IntOrString": "x", "metav1.Time": "t", "metav1.MicroTime": "t",
    "metav1.FieldsV1": "r", "json.RawMessage": "r", "runtime.RawExtension": "r", "metav1.Duration": "s",
}
# What an import's name stands for in each package.
PACKAGES = {
    "core": {"metav1": "meta"},
    "meta": {},
    "rollouts": {"metav1": "meta", "corev1": "core", "v1": "core"},
}


class Package:
    def __init__(self, name, paths):
        self.name, self.structs, self.aliases = name, {}, {}
        for path in paths:
            self.read(path.read_text())

    def read(self, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        lines = iter(text.splitlines())
        for line in lines:
            opening = re.match(r"type (\w+) struct \{\s*(\})?$", line)
            if opening and opening[2]:
                self.structs[opening[1]] = []
            elif opening:
                self.structs[opening[1]] = list(self.fields(lines))
            elif alias := re.match(r"type (\w+) =? ?([\[\]\w.*]+)", line):
                self.aliases[alias[1]] = alias[2]

    @staticmethod
    def fields(lines):
        for line in lines:
            if line == "}":
                return
            line = re.sub(r"^\s*//.*", "", line).strip()
            tag = re.search(r'json:"([^"]*)"', line)
            if not line or not tag or tag[1] == "-":
                continue
            words = line[: line.index("`")].split()
            name, *options = tag[1].split(",")
            embedded = len(words) == 1
            yield name, words[-1], options, embedded and not name


def resolve(packages, package, type_name):
    """The table's notation of a Go type, and the struct that it names, if it names one."""
    for prefix, mark in (("*", "*"), ("[]", "[")):
        if type_name.startswith(prefix):
            inner = type_name[len(prefix):]
            if mark == "[" and inner == "byte":
                return "s", None
            text, struct = resolve(packages, package, inner)
            return mark + text, struct
    if found := re.match(r"map\[[\w.]+\](.*)", type_name):
        text, struct = resolve(packages, package, found[1])
        return "{" + text, struct
    if type_name in PRIMITIVES:
        return PRIMITIVES[type_name], None
    qualified = type_name if "." in type_name else {"meta": "metav1."}.get(package, "") + type_name
    if qualified in SPECIAL:
        return SPECIAL[qualified], None
    if type_name == "types.UID":
        return "s", None
    if "." in type_name:
        alias, type_name = type_name.split(".")
        package = PACKAGES[package][alias]
    if type_name in packages[package].structs:
        return "=" + type_name, (package, type_name)
    return resolve(packages, package, packages[package].aliases[type_name])


def flattened(packages, package, type_name):
    for name, field_type, options, inlined in packages[package].structs[type_name]:
        if inlined:
            inner = field_type.split(".")[-1]
            inner_package = PACKAGES[package][field_type.split(".")[0]] if "." in field_type else package
            yield from flattened(packages, inner_package, inner)
        else:
            text, struct = resolve(packages, package, field_type)
            yield name, text, struct, options


def table(packages):
    rows, order, queue = {}, [], list(ROOTS)
    while queue:
        package, type_name = queue.pop(0)
        if type_name in rows:
            assert rows[type_name][0] == package, f"two types are named {type_name}"
            continue
        fields = []
        for name, text, struct, options in flattened(packages, package, type_name):
            omit = "!" if "omitzero" in options else "?" if "omitempty" in options else ":"
            fields.append(f"{name}{omit}{text}")
            if struct:
                queue.append(struct)
        rows[type_name] = (package, " ".join([type_name, *fields]))
        order.append(type_name)
    return [rows[name][1] for name in order]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("api", "apimachinery", "rollouts"):
        parser.add_argument("--" + name, type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True, help="the version of k8s.io/api, for the comment")
    arguments = parser.parse_args()
    rollouts = arguments.rollouts / "pkg/apis/rollouts/v1alpha1"
    packages = {
        "core": Package("core", [arguments.api / "core/v1/types.go"]),
        "meta": Package("meta", [arguments.apimachinery / "pkg/apis/meta/v1/types.go"]),
        "rollouts": Package("rollouts", sorted(rollouts.glob("*types.go"))),
    }
    print("// Generated by Tools/generate-go-field-order.py; do not edit.")
    print()
    print("extension GoFieldOrder {")
    print(f"    /// The types and their fields in declaration order, from k8s.io/api {arguments.version}.")
    print('    static let text: StaticString = """')
    for row in table(packages):
        print("        " + row)
    print('        """')
    print("}")


main()
