import ManifestKit

/// Says whether something may still be written, asked right before each try of a write.
///
/// It goes along with the task and not with the transport, as a request may wait for its turn, or be tried again,
/// behind the moment at which somebody decided to send it.
struct WritePermit: Sendable {
    /// The permit that writes of this task need; nil where they need none.
    @TaskLocal static var current: WritePermit?

    /// Whether it is given at this moment.
    let isGiven: @Sendable () -> Bool
    /// What a write fails with where it is not.
    let refusal: KubernetesFailure

    /// Throws where the task needs a permit and has none.
    static func check() throws(KubernetesFailure) {
        guard let current, !current.isGiven() else { return }
        throw current.refusal
    }
}

/// A way to a cluster that lets writes through only while they are permitted.
struct GuardedTransport: WrappingTransport {
    let base: any ClusterTransport
    let permit: WritePermit

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        guard request.isWrite else { return try await base.send(request) }
        guard permit.isGiven() else { throw permit.refusal }
        let result = await WritePermit.$current.withValue(permit) { () async -> Result<JSONValue, KubernetesFailure> in
            do throws(KubernetesFailure) { return .success(try await base.send(request)) } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
