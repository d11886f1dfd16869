import ManifestKit

/// Counts the requests that go to a cluster, and measures them.
struct MeteredTransport: WrappingTransport {
    let base: any ClusterTransport
    let telemetry: Telemetry

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let start = SteadyTime.seconds
        do throws(KubernetesFailure) {
            let answer = try await base.send(request)
            let isCreate = request.verb == .create && request.subresource == nil
            note(request, code: isCreate ? 201 : 200, since: start)
            return answer
        } catch {
            note(request, code: error.reason.code, since: start)
            throw error
        }
    }

    private func note(_ request: KubernetesRequest, code: Int, since start: Double) {
        let seconds = SteadyTime.seconds - start
        telemetry.note(request, verb: request.verbLabel, code: code, seconds: seconds)
        ReconcileWatch.current?.noteRequest(seconds)
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        base.subscribe(request, onEvent: onEvent) { [telemetry] failure in
            telemetry.note(request, verb: "Watch", code: failure?.reason.code ?? 200, seconds: nil)
            onEnd(failure)
        }
    }
}
