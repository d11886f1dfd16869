/// A way to a cluster that stands in front of another one.
///
/// What it does not do itself goes on to that one as it is.
protocol WrappingTransport: ClusterTransport {
    /// What it stands in front of.
    var base: any ClusterTransport { get }
}

extension WrappingTransport {
    var executor: (any TaskExecutor)? { base.executor }

    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> { base.watch(request) }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        base.subscribe(request, onEvent: onEvent, onEnd: onEnd)
    }
}
