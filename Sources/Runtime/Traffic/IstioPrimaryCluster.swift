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

    private static let accessReviews = ResourceType(
        group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews",
        kind: "SelfSubjectAccessReview", isNamespaced: false)

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    /// The namespace of the controller, and that which it looks after; empty for all.
    private let own: String
    private let watched: String
    private let known = Mutex<Knowledge?>(nil)
    /// Takes the namespaces into which the controller may not look.
    private let onBlindness: @Sendable ([String]) -> Void

    private struct Knowledge {
        var secret: ObjectName?
        var end: Double
        /// Whether it was told where nobody may look.
        var isTold = false
    }

    /// Makes one that looks into the namespaces that the controller looks after, and into its own.
    init(
        transport: any ClusterTransport, clock: any ClusterClock, own: String, watched: String = "",
        onBlindness: @escaping @Sendable ([String]) -> Void = { _ in }
    ) {
        self.transport = transport
        self.clock = clock
        self.onBlindness = onBlindness
        self.own = own
        self.watched = watched
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
        let known = known.withLock { $0 }
        if let known, known.end > clock.steady { return known.secret }
        var new = Knowledge(secret: nil, end: clock.steady + Self.memory, isTold: known?.isTold ?? false)
        var blind: [String] = []
        do throws(KubernetesFailure) {
            new.secret = try await firstSecret(in: own)
        } catch {
            // Whoever may not list Secrets now will hardly be allowed to in a moment. Otherwise what was known stays.
            if error.reason == .forbidden || error.reason == .unauthorized {
                blind.append(own)
            } else {
                new.end = clock.steady + Self.patience
                new.secret = known?.secret
            }
        }
        if new.secret == nil, watched != own {
            if await mayList(in: watched) {
                new.secret = try? await firstSecret(in: watched)
            } else {
                blind.append(watched)
            }
        }
        if !blind.isEmpty, new.secret == nil, !new.isTold {
            new.isTold = true
            onBlindness(blind)
        }
        self.known.withLock { [new] in $0 = new }
        return new.secret
    }

    /// Whether Secrets of a namespace may be listed. Everybody may ask that, and it is no refused request.
    private func mayList(in namespace: String) async -> Bool {
        let wanted: JSONValue = ["verb": "list", "resource": "secrets", "namespace": .string(namespace)]
        let answer = try? await transport.send(.create(
            Self.accessReviews, namespace: "", ["spec": ["resourceAttributes": wanted]]))
        return answer?["status"]?["allowed"]?.boolean == true
    }

    private func firstSecret(in namespace: String) async throws(KubernetesFailure) -> ObjectName? {
        // Of the first one only the name is looked at.
        var request = KubernetesRequest.list(.secrets, namespace: namespace)
        request.labelSelector = "\(Self.label)=true"
        request.limit = 1
        return try await transport.send(request)["items"]?[0].map { ObjectName(of: $0) }
    }
}
