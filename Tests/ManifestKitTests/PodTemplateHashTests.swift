import Foundation
import Testing

@testable import ManifestKit

/// Hashes come out as the reference controller's.
@Suite struct PodTemplateHashTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var value: JSONValue
        var hash: String
        var testDescription: String { name }
    }

    /// The recordings of the reference: `shared/conformance` beside the package, or beside a folder that it is in.
    static let conformance: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path.count > 1 {
            let candidate = folder.appending(path: "shared/conformance")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
            folder = folder.deletingLastPathComponent()
        }
        return folder
    }()

    static let templates: [Case] = {
        guard let file = json("hashes/pod-template-hashes.json") else { return [] }
        return (file["cases"]?.array ?? []).enumerated().compactMap { number, element in
            guard let template = element["template"], let hash = element["hash"]?.string else { return nil }
            return Case(name: "template \(number)", value: template, hash: hash)
        }
    }()

    /// The steps of every canary in the traces with the step hash in its status.
    static let steps: [Case] = {
        let folder = conformance.appending(path: "traces")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().flatMap { name -> [Case] in
            guard name.hasSuffix(".json"), let trace = json("traces/\(name)") else { return [] }
            return (trace["snapshots"]?.object?.fields ?? []).flatMap { snapshot in
                (snapshot.value["objects"]?.object?.fields ?? []).compactMap { object -> Case? in
                    guard object.key.hasPrefix("Rollout/"),
                        let hash = object.value["status"]?["currentStepHash"]?.string,
                        !hash.isEmpty, let canary = object.value["spec", "strategy", "canary"]
                    else { return nil }
                    return Case(name: "\(name) \(snapshot.key)", value: canary["steps"] ?? .null, hash: hash)
                }
            }
        }
    }()

    static func json(_ path: String) -> JSONValue? {
        guard let text = try? String(contentsOf: conformance.appending(path: path), encoding: .utf8) else { return nil }
        // JSON allows control characters that YAML does not.
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F: escaped += "\\u00" + String(scalar.value, radix: 16)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return YAMLParser.document(escaped)?.root?.json
    }

    @Test(.enabled(if: !templates.isEmpty, "no conformance data beside the package"), arguments: templates)
    func equalsReference(_ example: Case) {
        #expect(PodTemplateHash.hash(of: example.value) == example.hash)
    }

    @Test(.enabled(if: !steps.isEmpty, "no conformance data beside the package"), arguments: steps)
    func stepsEqualReference(_ example: Case) {
        #expect(PodTemplateHash.stepHash(of: example.value) == example.hash)
    }

    @Test(.enabled(if: !templates.isEmpty, "no conformance data beside the package"))
    func orderOfFieldsDoesNotMatter() {
        for example in Self.templates.prefix(50) {
            #expect(PodTemplateHash.hash(of: Self.reversed(example.value)) == example.hash)
        }
    }

    static func reversed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(JSONObject(object.fields.reversed().map { ($0.key, reversed($0.value)) }))
        case .array(let elements): .array(elements.map(reversed))
        default: value
        }
    }

    static let simple: JSONValue = [
        "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "web", "image": "a<b>&c"]]],
    ]

    @Test func writesWhatGoWrites() {
        var encoder = GoJSONEncoder()
        encoder.write(Self.simple, as: .structure(GoFieldOrder.podTemplate))
        #expect(
            String(decoding: encoder.output, as: UTF8.self)
                == #"{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","#
                + #""image":"a\u003cb\u003e\u0026c","resources":{}}]}}"#)
        var older = GoJSONEncoder(writesZeroTimes: true)
        older.write(["spec": ["containers": .null]], as: .structure(GoFieldOrder.podTemplate))
        #expect(
            String(decoding: older.output, as: UTF8.self)
                == #"{"metadata":{"creationTimestamp":null},"spec":{"containers":null}}"#)
    }

    @Test func unknownFieldsAndNullsChangeNothing() {
        var template = Self.simple
        template.set(["spec", "noSuchField"], to: "x")
        template.set(["spec", "volumes"], to: .null)
        template.set(["metadata", "creationTimestamp"], to: .null)
        #expect(PodTemplateHash.hash(of: template) == PodTemplateHash.hash(of: Self.simple))
    }

    @Test func collisionCountAndStyleChangeTheHash() {
        let hashes = [
            PodTemplateHash.hash(of: Self.simple),
            PodTemplateHash.hash(of: Self.simple, collisionCount: 0),
            PodTemplateHash.hash(of: Self.simple, collisionCount: 1),
            PodTemplateHash.hash(of: Self.simple, style: .beforeRollouts19),
        ]
        #expect(Set(hashes).count == hashes.count)
    }

    @Test func defaultsAreThoseOfTheCRD() {
        let template: JSONValue = [
            "spec": [
                "containers": [
                    [
                        "name": "web", "ports": [["containerPort": 1], ["containerPort": 2, "protocol": "UDP"]],
                        "livenessProbe": ["grpc": ["port": 1]], "readinessProbe": ["httpGet": ["port": 1]],
                        "env": [["name": "A", "valueFrom": ["fileKeyRef": ["key": "k"]]], ["name": "B", "value": "b"]],
                    ]
                ]
            ]
        ]
        let expected: JSONValue = [
            "spec": [
                "containers": [
                    [
                        "name": "web",
                        "ports": [
                            ["containerPort": 1, "protocol": "TCP"], ["containerPort": 2, "protocol": "UDP"],
                        ],
                        "livenessProbe": ["grpc": ["port": 1, "service": ""]],
                        "readinessProbe": ["httpGet": ["port": 1]],
                        "env": [
                            ["name": "A", "valueFrom": ["fileKeyRef": ["key": "k", "optional": false]]],
                            ["name": "B", "value": "b"],
                        ],
                    ]
                ]
            ]
        ]
        #expect(PodTemplateHash.defaulted(template) == expected)
        for odd: JSONValue in [.null, [], ["spec": 1], ["spec": ["containers": ["a", [["ports": 1]]]]]] {
            #expect(PodTemplateHash.defaulted(odd) == odd)
            #expect(!PodTemplateHash.hash(of: odd).isEmpty)
        }
    }

    @Test(arguments: [
        ("1", "1"), ("0", "0"), ("00", "0"), ("0m", "0"), ("0.5", "500m"), ("1.5", "1500m"), ("1000m", "1"),
        ("1000", "1k"), ("1500", "1500"), ("15000", "15k"), ("1e3", "1e3"), ("1e4", "10e3"), ("12e-9", "12e-9"),
        ("1024Mi", "1Gi"), ("1536Mi", "1536Mi"), ("1.5Gi", "1536Mi"), ("0.5Gi", "512Mi"), ("0.5Ki", "512"),
        ("8Mi", "8Mi"), ("1Ki", "1Ki"), ("0.1Ki", "102400m"), ("1.1Ki", "1126400m"), ("+5", "+5"), ("-5", "-5"),
        ("-0.5", "-500m"), ("0.1m", "100u"), ("0.0001n", "1n"), ("1.0000000001", "1000000001n"),
        ("16Ei", "9223372036854775807"), ("128974848", "128974848"), ("129e6", "129e6"), ("129M", "129M"),
        ("5.", "5."), (".5", "500m"), ("abc", "abc"), ("5Q", "5Q"), ("999999999999999999999", "999999999999999999999"),
    ])
    func quantitiesAreCanonical(_ written: String, _ expected: String) {
        #expect(Quantity(written)?.canonical ?? written == expected)
    }

    @Test(arguments: [
        (0.5, "0.5"), (1.0, "1"), (1e3, "1000"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"), (-2.25, "-2.25"), (123456.789, "123456.789"), (0.1, "0.1"), (1e16, "10000000000000000"),
        (1.2345e22, "1.2345e+22"),
    ])
    func numbersAreGos(_ value: Double, _ expected: String) {
        #expect(GoNumber.json(value) == expected)
    }

    /// A pod template of a ReplicaSet that a Rollout made, as it is in a trace of a Rollout with a `workloadRef`.
    static let referenced: [Case] = ["workload-ref", "workload-ref-progressive"].flatMap { name -> [Case] in
        (json("traces/\(name).json")?["snapshots"]?.object?.fields ?? []).flatMap { snapshot in
            (snapshot.value["objects"]?.object?.fields ?? []).compactMap { object -> Case? in
                guard object.key.hasPrefix("ReplicaSet/"), var template = object.value["spec", "template"],
                    let hash = template["metadata", "labels", "rollouts-pod-template-hash"]?.string
                else { return nil }
                template.set(["metadata", "labels", "rollouts-pod-template-hash"], to: nil)
                return Case(name: "\(name) \(snapshot.key) \(object.key)", value: template, hash: hash)
            }
        }
    }

    @Test(.enabled(if: !referenced.isEmpty, "no conformance data beside the package"), arguments: referenced)
    func referencedTemplatesHaveTheDefaultsOfKubernetes(_ example: Case) {
        #expect(PodTemplateHash.hash(of: example.value) == example.hash)
        let image = example.value["spec", "containers"]?[0]?["image"] ?? .null
        let written: JSONValue = [
            "metadata": ["labels": ["app": "web"]],
            "spec": [
                "containers": [
                    [
                        "name": "web", "image": image, "ports": [["name": "http", "containerPort": 8080]],
                        "resources": ["requests": ["cpu": "5m", "memory": "32Mi"]],
                    ]
                ]
            ],
        ]
        #expect(WorkloadTemplate.defaulted(written) == example.value)
    }

    @Test func defaultsOfKubernetesReachEveryPart() {
        let template: JSONValue = [
            "spec": [
                "serviceAccountName": "me",
                "containers": [
                    [
                        "image": "web", "ports": [["containerPort": 1]], "livenessProbe": ["httpGet": ["port": 1]],
                        "lifecycle": ["preStop": ["httpGet": ["port": 1]]], "resources": ["limits": ["cpu": "100u"]],
                        "env": [["valueFrom": ["fieldRef": ["fieldPath": "a"]]]],
                    ]
                ],
                "volumes": [
                    ["name": "a"], ["name": "b", "configMap": ["name": "c"]], ["name": "c", "hostPath": ["path": "/"]],
                    [
                        "name": "d",
                        "projected": ["sources": [["serviceAccountToken": ["path": "t"]]]],
                    ],
                ],
            ]
        ]
        let spec = WorkloadTemplate.defaulted(template)["spec"]
        let container = spec?["containers"]?[0]
        #expect(spec?["serviceAccount"] == "me")
        #expect(spec?["terminationGracePeriodSeconds"] == 30)
        #expect(container?["imagePullPolicy"] == "Always")
        #expect(container?["livenessProbe"]?["failureThreshold"] == 3)
        #expect(container?["livenessProbe"]?["httpGet"]?["path"] == "/")
        #expect(container?["lifecycle"]?["preStop"]?["httpGet"]?["scheme"] == "HTTP")
        #expect(container?["resources"]?["limits"]?["cpu"] == "1m")
        #expect(container?["env"]?[0]?["valueFrom"]?["fieldRef"]?["apiVersion"] == "v1")
        #expect(spec?["volumes"]?[0]?["emptyDir"] == [:])
        #expect(spec?["volumes"]?[1]?["configMap"]?["defaultMode"] == 420)
        #expect(spec?["volumes"]?[2]?["hostPath"]?["type"] == "")
        let sources = spec?["volumes"]?[3]?["projected"]?["sources"]
        #expect(sources?[0]?["serviceAccountToken"]?["expirationSeconds"] == 3600)
        #expect(WorkloadTemplate.defaulted(.null) == WorkloadTemplate.defaulted([:]))
    }

    @Test(arguments: [
        ("web", true), ("web:latest", true), ("r:5000/web", true), ("r:5000/web:1", false), ("web@sha256:0", false),
        ("web:latest@sha256:0", true), ("web:1", false), ("", false),
    ])
    func latestIsFound(_ image: String, _ isLatest: Bool) {
        #expect(WorkloadTemplate.isLatest(image: image) == isLatest)
    }
}
