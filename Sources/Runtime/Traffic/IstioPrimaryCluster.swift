import ManifestKit
import Synchronization

/// Knows whether a Secret says that Istio's configuration is in another cluster, where this controller changes nothing.
///
/// The reference takes the credentials of that cluster from the Secret. Here a Rollout with Istio is refused while
/// there is one: VirtualServices that happen to be in this cluster too would be changed, and no proxy would read them.
public final class IstioPrimaryCluster: Sendable {
    /// The label of the Secret, whose value is `true`.
    public static let label = "istio.argoproj.io/primary-cluster"

    /// For how many seconds an answer is taken to be true, and for how many nobody asks again without one.
    private static let (memory, patience) = (600.0, 30.0)

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    /// Where the Secret is looked for. The reference looks everywhere, but the right to list all Secrets is too much
    /// for this.
    private let namespace: String
    private let known = Mutex<(secret: ObjectName?, end: Double)?>(nil)

    /// Makes one that looks into the namespace of the controller.
    init(transport: any ClusterTransport, clock: any ClusterClock, namespace: String) {
        self.transport = transport
        self.clock = clock
        self.namespace = namespace
    }

    /// Why a Rollout cannot be acted on, or nil. Without the right to list Secrets nobody knows, so nothing is refused.
    func problem(of rollout: Rollout) async -> String? {
        let routers = rollout.spec.strategy.canary?.trafficRouting?.routers ?? []
        guard routers.contains(where: { $0 is IstioRouter }), let secret = await secret() else { return nil }
        return "\(IstioRouter.path): Invalid value: \"\(secret)\": the Secret has the label \(Self.label), which says "
            + "that Istio's configuration is in another cluster, and only that of this cluster can be changed; "
            + "remove the label if the configuration is here"
    }

    private func secret() async -> ObjectName? {
        if let known = known.withLock({ $0 }), known.end > clock.steady { return known.secret }
        var duration = Self.memory
        var found: ObjectName?
        // Of the first one only the name is looked at.
        var request = KubernetesRequest.list(.secrets, namespace: namespace)
        request.labelSelector = "\(Self.label)=true"
        request.limit = 1
        do throws(KubernetesFailure) {
            let list = try await transport.send(request)
            found = list["items"]?[0].map { ObjectName(of: $0) }
        } catch {
            // Whoever may not list Secrets now will hardly be allowed to in a moment. Otherwise what was known stays.
            if error.reason != .forbidden, error.reason != .unauthorized {
                duration = Self.patience
                found = known.withLock { $0?.secret }
            }
        }
        let end = clock.steady + duration
        known.withLock { $0 = (found, end) }
        return found
    }
}
