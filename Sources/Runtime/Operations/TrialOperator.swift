import ManifestKit

/// Ends and repeats AnalysisRuns and Experiments of a cluster.
public struct TrialOperator: Sendable {
    /// The way to the cluster.
    public let transport: any ClusterTransport
    private let dryRun: RolloutOperator.DryRun

    /// Why something was not done.
    public enum Failure: Error, Sendable {
        /// There is a reason against it.
        case refused(OperationRefusal)
        /// The cluster has one.
        case failed(KubernetesFailure)
    }

    /// Makes an operator.
    public init(_ transport: any ClusterTransport, dryRun: RolloutOperator.DryRun = .none) {
        self.transport = transport
        self.dryRun = dryRun
    }

    /// Does something to an object; the object after it, and what was done, to go behind the name and a colon.
    public func perform(
        _ deed: Trial.Deed, on kind: Trial.Kind, _ name: ObjectName
    ) async throws(Failure) -> (object: JSONValue, summary: String) {
        let object = try await send(.get(kind.resource, name))
        let plan: (patch: JSONValue, summary: String)
        do throws(OperationRefusal) { plan = try Trial(kind, object).plan(deed) } catch { throw .refused(error) }
        if dryRun == .client { return (object.merging(plan.patch), plan.summary) }
        // Whatever happens meanwhile, it means the same: an end that is asked for twice is one.
        var request = KubernetesRequest.patch(kind.resource, name, plan.patch)
        request.isDryRun = dryRun == .server
        request.fieldManager = RolloutOperator.fieldManager
        return (try await send(request), plan.summary)
    }

    private func send(_ request: KubernetesRequest) async throws(Failure) -> JSONValue {
        do throws(KubernetesFailure) { return try await transport.send(request) } catch { throw .failed(error) }
    }
}

extension Trial.Kind {
    /// The type of its objects.
    public var resource: ResourceType {
        switch self {
        case .analysisRun: .analysisRuns
        case .experiment: .experiments
        }
    }
}
