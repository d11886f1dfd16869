import ArgumentParser
import ManifestKit

/// `rollout-render runtime install`: prints what a cluster needs to run the controller.
struct RuntimeInstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Print the manifests that install the controller.",
        discussion: """
            Nothing is sent to a cluster. For all namespaces:

              rollout-render runtime install --create-namespace | kubectl apply -f -

            For one namespace, without a right outside of it:

              rollout-render runtime install --namespace shop --namespaced shop | kubectl apply -f -

            The controller gets the rights that it needs for all that it can do. Name the features and routers that \
            your Rollouts use, and it gets no others:

              rollout-render runtime install --features analysis --routers nginx,istio

            Deleting the CustomResourceDefinitions deletes every Rollout and all their pods. To take the controller \
            away and keep them:

              rollout-render runtime install --no-crds | kubectl delete -f -

            The chart charts/shturval-rollouts makes the same objects.
            """)

    /// How the manifests are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml, json
    }

    @Option(
        help: ArgumentHelp(
            "What the objects are called; a second installation needs a name of its own.", valueName: "name"))
    var name = "rollout-render"

    @Option(help: ArgumentHelp("The namespace that the controller is in.", valueName: "name"))
    var namespace = "argo-rollouts"

    @Option(help: ArgumentHelp("Look after one namespace only, with rights in no other.", valueName: "namespace"))
    var namespaced: String?

    @Option(help: ArgumentHelp("The image of the controller.", valueName: "reference"))
    var image = "rollout-render:\(Version.text)"

    @Option(help: ArgumentHelp("How many controllers there are; one of them acts.", valueName: "count"))
    var replicas = 2

    @Option(
        name: .customLong("instance-id"),
        help: ArgumentHelp("Look after the Rollouts with this controller instance id.", valueName: "id"))
    var instanceID = ""

    @Option(
        help: ArgumentHelp(
            "The features to grant rights for: all, none, or some of \(RightsList.words(.feature)).",
            valueName: "names"))
    var features = RightsList.all

    @Option(
        help: ArgumentHelp(
            "The routers to grant rights for: all, none, or some of \(RightsList.words(.router)).",
            valueName: "names"))
    var routers = RightsList.all

    @Flag(
        name: .customLong("self-service-notifications"),
        help: """
            Let the namespaces of Rollouts say themselves where messages go, and grant the right to read the ConfigMap \
            and the Secret for it in each of them.
            """)
    var selfServiceNotifications = false

    @Flag(name: .customLong("crds-only"), help: "Print the CustomResourceDefinitions and nothing else.")
    var onlyDefinitions = false

    @Flag(name: .customLong("no-crds"), help: "Leave the CustomResourceDefinitions out.")
    var noDefinitions = false

    @Flag(help: "Print the namespace too.")
    var createNamespace = false

    @Flag(
        name: .customLong("no-user-roles"),
        help: "Leave out the roles that let those who may view, edit or administer a namespace do so with Rollouts.")
    var noUserRoles = false

    @Flag(help: "Print a ServiceMonitor too, for clusters with the Prometheus Operator.")
    var serviceMonitor = false

    @Flag(help: "Print what each feature, router and option needs rights for, and no manifests.")
    var rights = false

    @Option(name: .shortAndLong, help: ArgumentHelp("Write yaml or json.", valueName: "format"))
    var output = Format.yaml

    func validate() throws {
        for (option, name) in [("--namespace", namespace), ("--namespaced", namespaced ?? "default")] {
            if let problem = KubernetesNames.label.problem(name) {
                throw ValidationError("\(option): '\(name)' is no name of a namespace: \(problem)")
            }
        }
        if let problem = KubernetesNames.label.problem(name + Installation.longestSuffix) {
            throw ValidationError("--name: '\(name)' cannot be used in names: \(problem)")
        }
        guard (1...10).contains(replicas) else { throw ValidationError("--replicas is a number from 1 to 10") }
        guard !image.isEmpty, !image.contains(where: \.isWhitespace) else {
            throw ValidationError("--image: '\(image)' is no reference to an image")
        }
        if let problem = instanceID.isEmpty ? nil : KubernetesNames.labelValue.problem(instanceID) {
            throw ValidationError("--instance-id: '\(instanceID)' is no value of a label: \(problem)")
        }
        if onlyDefinitions && noDefinitions {
            throw ValidationError("--crds-only and --no-crds leave nothing to print; name one of them")
        }
        let features = try RightsList.names(in: features, .feature, option: "--features")
        if selfServiceNotifications, !features.contains("notifications") {
            throw ValidationError("--self-service-notifications needs the feature notifications; add it to --features")
        }
        _ = try RightsList.names(in: routers, .router, option: "--routers")
    }

    func run() throws {
        let values = rights ? ControllerRights.all.map(\.json) : try installation().objects()
        switch output {
        case .json where rights: try StandardOutput.write(JSONWriter.text(.array(values), layout: .pretty) + "\n")
        case .json:
            let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(values)]
            try StandardOutput.write(JSONWriter.text(list, layout: .pretty) + "\n")
        case .yaml where rights: try StandardOutput.write(YAMLEmitter.text(.array(values)))
        case .yaml: try StandardOutput.write(YAMLEmitter.stream(values))
        }
    }

    /// What the options ask for.
    func installation() throws -> Installation {
        var installation = Installation(version: Version.text)
        installation.name = name
        installation.namespace = namespace
        installation.watchedNamespace = namespaced
        installation.image = image
        installation.replicas = replicas
        installation.instanceID = instanceID
        installation.features = try RightsList.names(in: features, .feature, option: "--features")
        installation.routers = try RightsList.names(in: routers, .router, option: "--routers")
        installation.hasSelfServiceNotifications = selfServiceNotifications
        installation.hasDefinitions = !noDefinitions
        installation.hasController = !onlyDefinitions
        installation.hasNamespace = createNamespace
        installation.hasUserRoles = !noUserRoles
        installation.hasServiceMonitor = serviceMonitor
        return installation
    }
}

/// A list of features or routers as a user writes it: `all`, `none`, or names with commas between them.
enum RightsList {
    /// What stands for every name.
    static let all = "all"

    /// The names that can be written, for a help text.
    static func words(_ purpose: ControllerRights.Purpose) -> String {
        ControllerRights.names(for: purpose).joined(separator: ", ")
    }

    /// The names in a list, in any case.
    static func names(
        in text: String, _ purpose: ControllerRights.Purpose, option: String
    ) throws(ValidationError) -> [String] {
        let known = ControllerRights.names(for: purpose)
        switch text.lowercased() {
        case all: return known
        case "none", "": return []
        default: break
        }
        var names: Set<String> = []
        for word in text.split(separator: ",") {
            let word = String(word.filter { !$0.isWhitespace })
            guard let name = known.first(where: { $0.lowercased() == word.lowercased() }) else {
                throw ValidationError(
                    "\(option): there is no '\(word)'; known are \(known.joined(separator: ", ")), all and none")
            }
            names.insert(name)
        }
        return known.filter { names.contains($0) }
    }
}
