import ManifestKit

/// Applies manifests to a cluster by server-side apply: all that can be refused is asked for first, and then they are
/// applied stage by stage.
public struct ManifestApplier: Sendable {
    /// How to apply.
    public struct Settings: Sendable {
        /// The namespace of objects that name none.
        public var namespace: String
        /// Whether fields are taken over that others own.
        public var forcesConflicts = false
        /// How long a CRD gets until its kind is served.
        public var definitionPatienceSeconds = 60.0

        /// Makes settings.
        public init(namespace: String) { self.namespace = namespace }
    }

    /// An object on its way into the cluster.
    public struct Target: Sendable {
        /// The object, with its namespace.
        public var item: ApplySet.Item
        /// Its type.
        public var resource: ResourceType
        /// Its name.
        public var name: ObjectName
        /// Whether its kind or its namespace comes with others in the set, so that nothing can be asked before.
        public var comesWithOthers = false
        /// Its version before; nil where it is not there.
        var version: String?

        /// What it is called, as kubectl does.
        public var title: String { "\(resource.printedKind)/\(name.name)" }
    }

    /// What became of an object.
    public enum Outcome: Sendable {
        /// It was not there.
        case created(JSONValue)
        /// It was there and is another now.
        case configured(JSONValue)
        /// It was there and as it should be.
        case unchanged(JSONValue)
        /// The cluster refused it.
        case failed(KubernetesFailure)
        /// It was not tried, because of an object before it.
        case skipped

        /// The object as it is in the cluster; nil where nothing was done.
        public var object: JSONValue? {
            switch self {
            case .created(let object), .configured(let object), .unchanged(let object): object
            case .failed, .skipped: nil
            }
        }
    }

    /// Who applies, in `managedFields`.
    public static let fieldManager = RolloutOperator.fieldManager

    let transport: any ClusterTransport
    let clock: any ClusterClock
    let settings: Settings
    let discovery: ResourceDiscovery

    /// How many requests are under way at once.
    private static let width = 8

    /// Makes an applier.
    public init(_ transport: any ClusterTransport, clock: any ClusterClock, settings: Settings) {
        self.transport = transport
        self.clock = clock
        self.settings = settings
        discovery = ResourceDiscovery(transport)
    }

    // MARK: Finding

    /// Finds out where each object belongs; the second is what the cluster has no kind for.
    public func targets(of set: ApplySet) async throws(KubernetesFailure) -> ([Target], unknown: [ApplySet.Item]) {
        var defined: [String: [String: ResourceType]] = [:]
        var namespaces: Set<String> = []
        for item in set.items {
            if item.stage == .namespaces { namespaces.insert(item.name) }
            guard item.stage == .definitions else { continue }
            for (apiVersion, type) in ResourceType.defined(by: item.object) {
                defined[apiVersion, default: [:]][type.kind] = type
            }
        }
        var missing: [String: Bool] = [:]
        for name in namespaces.sorted() {
            missing[name] = try await version(of: .namespaces, ObjectName(namespace: "", name: name)) == nil
        }
        var targets: [Target] = []
        var unknown: [ApplySet.Item] = []
        for item in set.items {
            let served = try await discovery.resource(apiVersion: item.apiVersion, kind: item.kind)
            guard let resource = served ?? defined[item.apiVersion]?[item.kind] else {
                unknown.append(item)
                continue
            }
            var item = item
            let namespace = resource.isNamespaced ? item.namespace ?? settings.namespace : ""
            item.object.set(["metadata", "namespace"], to: namespace.isEmpty ? nil : .string(namespace))
            targets.append(Target(
                item: item, resource: resource, name: ObjectName(namespace: namespace, name: item.name),
                comesWithOthers: served == nil || missing[namespace] == true))
        }
        return (targets, unknown)
    }

    private func version(of resource: ResourceType, _ name: ObjectName) async throws(KubernetesFailure) -> String? {
        do throws(KubernetesFailure) {
            return try await transport.send(.get(resource, name))["metadata"]?["resourceVersion"]?.string
        } catch {
            if error.reason == .notFound { return nil }
            throw error
        }
    }

    // MARK: Asking

    /// Asks the API server for each object whether it would take it, and what would become of it; nothing is kept.
    public func asked(_ targets: [Target]) async -> [(target: Target, outcome: Outcome)] {
        await inParallel(targets) { target in
            var target = target
            do throws(KubernetesFailure) {
                guard !target.comesWithOthers else { return (target, .created(target.item.object)) }
                let live = try await live(target)
                target.version = live?["metadata"]?["resourceVersion"]?.string
                let result = try await transport.send(request(for: target, isDryRun: true))
                guard let live else { return (target, .created(result)) }
                return (target, Self.content(live) == Self.content(result) ? .unchanged(result) : .configured(result))
            } catch {
                return (target, .failed(error))
            }
        }
    }

    private func live(_ target: Target) async throws(KubernetesFailure) -> JSONValue? {
        do throws(KubernetesFailure) { return try await transport.send(.get(target.resource, target.name)) } catch {
            if error.reason == .notFound { return nil }
            throw error
        }
    }

    /// What of an object is its own and not the server's book-keeping.
    private static func content(_ object: JSONValue) -> JSONValue {
        var object = object
        for field in ["managedFields", "resourceVersion", "generation"] { object.set(["metadata", field], to: nil) }
        return object
    }

    // MARK: Applying

    /// Applies the objects stage by stage. A stage is finished even where one of its objects is refused, and the stages
    /// after it are not begun: what is in them may need that object.
    public func apply(
        _ targets: [Target], onOutcome: @Sendable (Target, Outcome) -> Void
    ) async -> [(target: Target, outcome: Outcome)] {
        var results: [(target: Target, outcome: Outcome)] = []
        var hasFailed = false
        for stage in ApplyStage.allCases {
            let members = targets.filter { $0.item.stage == stage }
            guard !members.isEmpty else { continue }
            var outcomes: [(target: Target, outcome: Outcome)]
            if hasFailed {
                outcomes = members.map { ($0, .skipped) }
            } else {
                outcomes = await inParallel(members) { ($0, await applied($0)) }
                if stage == .definitions { outcomes = await served(outcomes) }
            }
            for (target, outcome) in outcomes {
                if case .failed = outcome { hasFailed = true }
                onOutcome(target, outcome)
            }
            results += outcomes
        }
        return results
    }

    private func applied(_ target: Target) async -> Outcome {
        var attempt = 0
        while true {
            attempt += 1
            do throws(KubernetesFailure) {
                let result = try await transport.send(request(for: target, isDryRun: false))
                guard let before = target.version else { return .created(result) }
                let isSame = before == result["metadata"]?["resourceVersion"]?.string
                return isSame ? .unchanged(result) : .configured(result)
            } catch {
                // A kind or a namespace that was made just now is not known to every part of an API server at once.
                let isYoung = target.comesWithOthers && (error.reason == .notFound || error.reason == .forbidden)
                guard isYoung, attempt < 20, !Task.isCancelled else { return .failed(error) }
            }
            try? await clock.sleep(until: clock.now + 0.25)
        }
    }

    /// Waits until the kinds of CRDs are served.
    private func served(
        _ outcomes: [(target: Target, outcome: Outcome)]
    ) async -> [(target: Target, outcome: Outcome)] {
        let end = clock.now + settings.definitionPatienceSeconds
        var outcomes = outcomes
        for place in outcomes.indices where outcomes[place].outcome.object != nil {
            for (apiVersion, type) in ResourceType.defined(by: outcomes[place].target.item.object) {
                while true {
                    discovery.forget(apiVersion)
                    let found = try? await discovery.resource(apiVersion: apiVersion, kind: type.kind)
                    if found != nil { break }
                    guard clock.now < end, !Task.isCancelled else {
                        outcomes[place].outcome = .failed(KubernetesFailure(
                            .timeout, "the API server still does not serve \(type.kind) in \(apiVersion)"))
                        break
                    }
                    try? await clock.sleep(until: clock.now + 0.2)
                }
            }
        }
        return outcomes
    }

    private func request(for target: Target, isDryRun: Bool) -> KubernetesRequest {
        var request = KubernetesRequest.patch(target.resource, target.name, target.item.object, type: .apply)
        request.fieldManager = Self.fieldManager
        request.isForced = settings.forcesConflicts
        request.fieldValidation = .strict
        request.isDryRun = isDryRun
        return request
    }

    /// Does something with each of many, a few at a time; the results are in the order of what they are of.
    private func inParallel<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ body: @escaping @Sendable (Element) async -> Result
    ) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            var results: [Int: Result] = [:]
            for (place, element) in elements.enumerated() {
                if place >= Self.width, let (done, result) = await group.next() { results[done] = result }
                group.addTask { (place, await body(element)) }
            }
            for await (done, result) in group { results[done] = result }
            return elements.indices.compactMap { results[$0] }
        }
    }
}
