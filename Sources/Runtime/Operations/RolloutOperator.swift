import ManifestKit

/// Does operations on the Rollouts of a cluster: reads what they look at, and sends their patches.
public struct RolloutOperator: Sendable {
    /// Whether anything is to be kept of what is done.
    public enum DryRun: String, Sendable, CaseIterable {
        /// It is done.
        case none
        /// Nothing is sent; the result is worked out here.
        case client
        /// The API server does everything but keep it.
        case server
    }

    /// What came of an operation.
    public struct Outcome: Sendable {
        /// What was decided.
        public var plan: OperationPlan
        /// The type of the object that was patched: the Rollout's, or that of the workload which it refers to.
        public var resource: ResourceType
        /// The object after it.
        public var object: JSONValue
        /// Whether the controller has yet to see the newest spec, so that what was decided may be about an older one.
        public var isStale: Bool
    }

    /// Why an operation was not done.
    public enum Failure: Error, Sendable {
        /// The operation has a reason against it.
        case refused(OperationRefusal, isStale: Bool)
        /// The cluster has one.
        case failed(KubernetesFailure)
    }

    /// Who writes, in `managedFields`.
    public static let fieldManager = "rollout-render"

    /// The way to the cluster.
    public let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let dryRun: DryRun
    private let patienceSeconds: Double

    /// How often an operation is planned anew because the Rollout changed meanwhile.
    private static let attempts = 10

    /// Makes an operator.
    ///
    /// - Parameter patienceSeconds: How long the controller gets to see the newest spec.
    public init(
        _ transport: any ClusterTransport, clock: any ClusterClock, dryRun: DryRun = .none,
        patienceSeconds: Double = 5
    ) {
        self.transport = transport
        self.clock = clock
        self.dryRun = dryRun
        self.patienceSeconds = patienceSeconds
    }

    /// Does an operation.
    public func perform(
        _ operation: any RolloutOperation, on name: ObjectName
    ) async throws(Failure) -> Outcome {
        let kind = type(of: operation)
        var attempt = 0
        while true {
            attempt += 1
            let (state, isStale) = try await currentState(name, for: kind.needs)
            let plan: OperationPlan
            do throws(OperationRefusal) { plan = try operation.plan(for: state.subject) } catch {
                throw .refused(error, isStale: isStale)
            }
            do throws(KubernetesFailure) {
                let (resource, object) = try await send(plan, state, isGuarded: kind.isGuarded)
                return Outcome(plan: plan, resource: resource, object: object, isStale: isStale)
            } catch {
                // Somebody was faster, so it may have to be decided otherwise; but not for ever.
                guard attempt < Self.attempts, Self.meansChange(error, plan) else { throw .failed(error) }
            }
            try? await clock.sleep(until: clock.now + 0.05)
        }
    }

    private static func meansChange(_ failure: KubernetesFailure, _ plan: OperationPlan) -> Bool {
        if failure.reason == .conflict { return true }
        // Without a field it is the test of a JSON patch that failed, and not the object that is wrong.
        guard case .template = plan.change, failure.reason == .invalid else { return false }
        return failure.causes.allSatisfy(\.field.isEmpty)
    }

    // MARK: Reading

    /// What an operation looks at, and where its patches go.
    private struct State: Sendable {
        var name: ObjectName
        var subject: OperationSubject
        var workload: (resource: ResourceType, name: ObjectName)?
    }

    /// The state, and whether it is still about an older spec.
    private func currentState(
        _ name: ObjectName, for needs: OperationNeeds
    ) async throws(Failure) -> (State, isStale: Bool) {
        let end = clock.now + patienceSeconds
        while true {
            let found: State?
            do throws(KubernetesFailure) { found = try await read(name, needs) } catch { throw .failed(error) }
            guard let state = found else {
                throw .refused(
                    OperationRefusal("its strategy is neither canary nor blueGreen, so nothing can be done with it"),
                    isStale: false)
            }
            guard needs.contains(.freshStatus), !Self.isObserved(state) else { return (state, false) }
            guard clock.now < end, !Task.isCancelled else { return (state, true) }
            try? await clock.sleep(until: min(end, clock.now + 0.2))
        }
    }

    /// Whether the status tells of the newest spec and the newest template.
    private static func isObserved(_ state: State) -> Bool {
        RolloutProgress.isObserved(
            state.subject.rollout, state.subject.workload?["metadata"]?["generation"]?.integer)
    }

    private func read(_ name: ObjectName, _ needs: OperationNeeds) async throws(KubernetesFailure) -> State? {
        let object = try await transport.send(.get(.rollouts, name))
        guard let rollout = Rollout(object) else { return nil }
        var replicaSets: [JSONValue] = []
        if needs.contains(.replicaSets) { replicaSets = try await self.replicaSets(of: object, in: name.namespace) }
        var workload: (resource: ResourceType, name: ObjectName)?
        var template: JSONValue?
        if let reference = rollout.spec.workload, let resource = ResourceType(workload: reference) {
            let place = ObjectName(namespace: name.namespace, name: reference.name)
            workload = (resource, place)
            do throws(KubernetesFailure) {
                if needs.contains(.workload) || needs.contains(.freshStatus) {
                    template = try await transport.send(.get(resource, place))
                }
            } catch {
                // Who only wants to know whether the status is new goes on without; the rights may be missing.
                if needs.contains(.workload), error.reason != .notFound { throw error }
            }
        }
        let subject = OperationSubject(object, replicaSets: replicaSets, workload: template, now: clock.time)
        return subject.map { State(name: name, subject: $0, workload: workload) }
    }

    private func replicaSets(
        of rollout: JSONValue, in namespace: String
    ) async throws(KubernetesFailure) -> [JSONValue] {
        let uid = rollout["metadata"]?["uid"]?.string
        var request = KubernetesRequest.list(.replicaSets, namespace: namespace)
        request.limit = 500
        var found: [JSONValue] = []
        while true {
            let page = try await transport.send(request)
            found += (page["items"]?.array ?? []).filter { OwnerReference.controller(of: $0)?.uid == uid }
            guard let next = page["metadata"]?["continue"]?.string, !next.isEmpty else { return found }
            request.continuation = next
        }
    }

    // MARK: Writing

    private func send(
        _ plan: OperationPlan, _ state: State, isGuarded: Bool
    ) async throws(KubernetesFailure) -> (ResourceType, JSONValue) {
        switch plan.change {
        case .rollout(let patch):
            return (.rollouts, try await send(patch, to: state.name, state.subject.object, isGuarded: isGuarded))
        case .template(let holder, let operations):
            var target = (resource: ResourceType.rollouts, name: state.name)
            var object = state.subject.object
            if case .workload = holder, let workload = state.workload {
                target = workload
                object = state.subject.workload ?? .null
            }
            let patch = JSONValue.array(operations + (isGuarded ? Self.guardOperations(of: object) : []))
            if dryRun == .client { return (target.resource, try JSONPatch.apply(.array(operations), to: object)) }
            let request = KubernetesRequest.patch(target.resource, target.name, patch, type: .json)
            return (target.resource, try await transport.send(marked(request)))
        }
    }

    /// Sends the status first, as the reference does, and everything at once where there is no status subresource.
    private func send(
        _ patch: RolloutPatch, to name: ObjectName, _ object: JSONValue, isGuarded: Bool
    ) async throws(KubernetesFailure) -> JSONValue {
        if dryRun == .client {
            return [patch.status, patch.spec].compactMap { $0 }.reduce(object) { $0.merging($1) }
        }
        var object = object
        var version = isGuarded ? object["metadata"]?["resourceVersion"] : nil
        func guarded(_ patch: JSONValue) -> JSONValue {
            guard let version else { return patch }
            return patch.merging(["metadata": ["resourceVersion": version]])
        }
        var spec = patch.spec
        if let status = patch.status {
            do throws(KubernetesFailure) {
                object = try await transport.send(
                    marked(.patch(.rollouts, name, guarded(status), subresource: .status)))
                // The half that follows belongs to this one, whatever the controller does in between.
                version = nil
            } catch {
                guard error.reason == .notFound, let unified = patch.unified else { throw error }
                spec = unified
            }
        }
        if let spec { object = try await transport.send(marked(.patch(.rollouts, name, guarded(spec)))) }
        return object
    }

    /// Makes the API refuse a JSON patch of an object that has changed since it was read.
    private static func guardOperations(of object: JSONValue) -> [JSONValue] {
        guard let version = object["metadata"]?["resourceVersion"] else { return [] }
        return [["op": "replace", "path": "/metadata/resourceVersion", "value": version]]
    }

    private func marked(_ request: KubernetesRequest) -> KubernetesRequest {
        var request = request
        request.isDryRun = dryRun == .server
        request.fieldManager = Self.fieldManager
        return request
    }
}

extension ResourceType {
    /// The type of a referenced workload; nil for one whose template cannot be changed.
    init?(workload: RolloutSpec.WorkloadReference) {
        switch workload.kind {
        case "Deployment": self = .deployments
        case "ReplicaSet": self = .replicaSets
        case "PodTemplate": self = .podTemplates
        default: return nil
        }
    }
}
