#!/usr/bin/env python3
"""Makes the field table by which the embedded API server reads objects in the binary form of Go clients.

Usage: generate-protobuf-fields.py --api FOLDER --apimachinery FOLDER --output FILE

  --api           a copy of github.com/kubernetes/api
  --apimachinery  a copy of github.com/kubernetes/apimachinery
  --output        Sources/Runtime/Simulation/Server/ProtobufFields.generated.swift

Needs Python 3 only. The same input always makes the same output.

The Go types say all that is needed: the name of a field in JSON, its number, its type, and whether it is a pointer (a
zero that is no pointer is a field that was not set). What stands in the table is told in ProtobufFields.swift, which
reads it.
"""
import argparse
import os
import re

# Package folders and the group and version that their kinds belong to.
PACKAGES = {
    "core/v1": "v1", "apps/v1": "apps/v1", "batch/v1": "batch/v1", "networking/v1": "networking.k8s.io/v1",
    "policy/v1": "policy/v1", "autoscaling/v1": "autoscaling/v1", "autoscaling/v2": "autoscaling/v2",
    "discovery/v1": "discovery.k8s.io/v1", "coordination/v1": "coordination.k8s.io/v1",
    "rbac/v1": "rbac.authorization.k8s.io/v1", "authorization/v1": "authorization.k8s.io/v1",
    "authentication/v1": "authentication.k8s.io/v1",
}
KINDS = [
    "v1 Namespace", "v1 Node", "v1 Pod", "v1 Service", "v1 Endpoints", "v1 ConfigMap", "v1 Secret",
    "v1 ServiceAccount", "v1 Event", "v1 PodTemplate", "v1 PersistentVolumeClaim", "apps/v1 Deployment",
    "apps/v1 ReplicaSet", "apps/v1 StatefulSet", "apps/v1 DaemonSet", "batch/v1 Job", "networking.k8s.io/v1 Ingress",
    "networking.k8s.io/v1 IngressClass", "policy/v1 PodDisruptionBudget", "policy/v1 Eviction",
    "autoscaling/v1 HorizontalPodAutoscaler", "autoscaling/v1 Scale", "autoscaling/v2 HorizontalPodAutoscaler",
    "discovery.k8s.io/v1 EndpointSlice", "coordination.k8s.io/v1 Lease", "rbac.authorization.k8s.io/v1 Role",
    "rbac.authorization.k8s.io/v1 RoleBinding", "rbac.authorization.k8s.io/v1 ClusterRole",
    "rbac.authorization.k8s.io/v1 ClusterRoleBinding", "authorization.k8s.io/v1 SelfSubjectAccessReview",
    "authorization.k8s.io/v1 SubjectAccessReview", "authorization.k8s.io/v1 LocalSubjectAccessReview",
    "authorization.k8s.io/v1 SelfSubjectRulesReview", "authentication.k8s.io/v1 SelfSubjectReview",
    "authentication.k8s.io/v1 TokenReview", "authentication.k8s.io/v1 TokenRequest",
]
SPECIAL = {
    "metav1.Time": "t", "metav1.MicroTime": "u", "resource.Quantity": "q", "intstr.IntOrString": "o",
    "metav1.Duration": "d", "runtime.RawExtension": "r", "metav1.FieldsV1": "r", "types.UID": "s",
    "string": "s", "bool": "b", "int": "i", "int32": "i", "int64": "i", "uint32": "i", "uint64": "i", "[]byte": "y",
    "float64": "f", "types.NodeName": "s",
}


def parse(folder, package, types):
    text = open(os.path.join(folder, "types.go"), encoding="utf-8").read()
    qualified = lambda name: name if "." in name else f"{package}.{name}"
    for match in re.finditer(r"^type (\w+) (?!struct|interface)(.+)$", text, re.M):
        types[qualified(match[1])] = ("alias", match[2].split("//")[0].strip(), package)
    for match in re.finditer(r"^type (\w+) struct \{\n(.*?)^\}", text, re.M | re.S):
        fields = []
        for line in match[2].split("\n"):
            field = re.match(r"\s*(?:(\w+)\s+)?(\S+)\s+`(.*)`", line)
            if not field:
                continue
            json_name = re.search(r'json:"([^",]*)', field[3])
            number = re.search(r'protobuf:"\w+,(\d+),', field[3])
            if number and json_name and json_name[1] != "-":
                fields.append((int(number[1]), json_name[1], field[2]))
        types[qualified(match[1])] = ("struct", fields, package)


def code(go_type, package, types, wanted):
    """The code of a Go type, and the struct that it leads to is added to those wanted."""
    if go_type.startswith("*"):
        return "*" + code(go_type[1:], package, types, wanted)
    if go_type in SPECIAL:
        return SPECIAL[go_type]
    if go_type.startswith("[]"):
        return "[" + code(go_type[2:], package, types, wanted)
    if go_type.startswith("map["):
        return "{" + code(go_type[go_type.index("]") + 1:], package, types, wanted)
    name = go_type.replace("v1.", "core/v1.") if go_type.startswith("v1.") else go_type
    name = name.replace("corev1.", "core/v1.")
    if name not in types:
        name = f"{package}.{go_type}"
    if name in SPECIAL:
        return SPECIAL[name]
    if name not in types:
        return "x"  # of a package that is not read; the field is skipped
    what, content, home = types[name]
    if what == "alias":
        inner = code(content, home, types, wanted)
        # A list that has a name of its own travels as a message with one field.
        return "w" + inner[1:] if inner.startswith("[") else inner
    if name not in wanted:
        wanted[name] = len(wanted)
    return f"m{wanted[name]}"


def main():
    parser = argparse.ArgumentParser()
    for option in ("api", "apimachinery", "output"):
        parser.add_argument("--" + option, required=True)
    args = parser.parse_args()
    types = {}
    parse(os.path.join(args.apimachinery, "pkg/apis/meta/v1"), "metav1", types)
    for package in PACKAGES:
        parse(os.path.join(args.api, package), package, types)
    homes = {version: package for package, version in PACKAGES.items()}
    wanted, roots = {}, []
    for kind in KINDS:
        version, name = kind.split()
        full = f"{homes[version]}.{name}"
        wanted.setdefault(full, len(wanted))
        roots.append((kind, wanted[full]))
    wanted.setdefault("metav1.DeleteOptions", len(wanted))
    options = wanted["metav1.DeleteOptions"]
    lines, done = [], 0
    while done < len(wanted):
        name = list(wanted)[done]
        _, fields, package = types[name]
        lines.append(";".join(
            f"{number} {json_name} {code(go_type, package, types, wanted)}" for number, json_name, go_type in fields))
        done += 1
    with open(args.output, "w", encoding="utf-8") as file:
        file.write("// Made by Tools/generate-protobuf-fields.py, which tells how; not to be edited.\n\n")
        file.write("extension ProtobufFields {\n    /// The place of each kind's message in `messages`.\n")
        file.write("    static let kinds: [String: Int] = [\n")
        for kind, place in roots:
            file.write(f'        "{kind}": {place},\n')
        file.write(f"    ]\n\n    /// The place of the options of a delete.\n    static let deleteOptions = {options}\n\n")
        file.write(f"    /// {len(lines)} messages, one a line.\n    static var text: StaticString {{\n        #\"\"\"\n")
        for line in lines:
            file.write("        " + line + "\n")
        file.write('        """#\n    }\n}\n')


if __name__ == "__main__":
    main()
