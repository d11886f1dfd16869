import ManifestKit
import Synchronization

/// Keeps the objects of one list for somebody who looks on: lists, follows, and lists anew whenever in doubt.
///
/// The controller has `Informer`, which resumes with as few requests as it can. Here nothing is decided from what is
/// seen, a person may watch for hours over a bad line, and a cluster may be replaced by another one meanwhile; so a
/// failure of any kind leads to a new list, and what went wrong is kept to be shown.
final class ObjectFollower: Sendable {
    private struct State {
        var objects: [ObjectName: JSONValue] = [:]
        var hasListed = false
        /// Whether the cluster does not know the kind.
        var isAbsent = false
        var failure: KubernetesFailure?
    }

    /// Seconds after which a watch is ended and resumed, for one that has gone silent says nothing about it.
    private static let watchSeconds = 240

    let request: KubernetesRequest
    private let transport: any ClusterTransport
    private let keeps: @Sendable (JSONValue) -> Bool
    private let news: NewsSignal
    private let state = Mutex(State())

    init(
        _ request: KubernetesRequest, transport: any ClusterTransport, news: NewsSignal,
        keeps: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
    ) {
        self.request = request
        self.transport = transport
        self.news = news
        self.keeps = keeps
    }

    /// The objects as they were last seen, in the order of their names.
    var objects: [JSONValue] {
        state.withLock { state in state.objects.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// What went wrong last, until it goes well again.
    var failure: KubernetesFailure? { state.withLock { $0.failure } }

    /// Whether the cluster does not know the kind.
    var isAbsent: Bool { state.withLock { $0.isAbsent } }

    /// Whether there was an answer, or the certainty that there will be none for now.
    var isSettled: Bool { state.withLock { $0.hasListed || $0.failure != nil } }

    /// Reads the objects once; a failure is kept.
    func read() async {
        do throws(KubernetesFailure) { _ = try await list() } catch { note(error) }
    }

    /// Follows the objects until the task is cancelled.
    func run() async {
        var version: String?
        var failures = 0
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                if version == nil { version = try await list() }
                failures = 0
                version = try await follow(from: version ?? "")
            } catch {
                version = nil
                if error.reason != .gone, error.reason != .expired {
                    failures += 1
                    note(error)
                }
            }
            let delay = Self.delay(afterFailures: failures, failure)
            // A watch that ends as soon as it begins must not be begun again and again.
            let least: Duration = ContinuousClock.now - start < .seconds(1) ? .seconds(1) : .zero
            if max(delay, least) > .zero { try? await Task.sleep(for: max(delay, least)) }
        }
    }

    private func note(_ failure: KubernetesFailure) {
        // Who defines no such kind has no objects of it.
        let isAbsent = failure.reason == .notFound
        state.withLock { state in
            state.failure = isAbsent ? nil : failure
            if isAbsent {
                state.hasListed = true
                state.objects = [:]
            }
            state.isAbsent = isAbsent
        }
        news.raise()
    }

    /// Half a second, doubled with each failure in a row, at most eight; long where asking again is of no use.
    private static func delay(afterFailures failures: Int, _ failure: KubernetesFailure?) -> Duration {
        guard failures > 0 else { return .zero }
        guard let failure else { return .seconds(30) }
        if let seconds = failure.retryAfterSeconds { return .seconds(min(seconds, 60)) }
        if failure.reason == .forbidden { return .seconds(30) }
        return .milliseconds(500 << min(failures - 1, 4))
    }

    private func list() async throws(KubernetesFailure) -> String {
        var request = request
        request.limit = 500
        var objects: [ObjectName: JSONValue] = [:]
        while true {
            let page = try await transport.send(request)
            for object in page["items"]?.array ?? [] where keeps(object) { objects[ObjectName(of: object)] = object }
            request.continuation = page["metadata"]?["continue"]?.string
            guard request.continuation?.isEmpty ?? true else { continue }
            let found = objects
            state.withLock { $0 = State(objects: found, hasListed: true) }
            news.raise()
            return page["metadata"]?["resourceVersion"]?.string ?? ""
        }
    }

    /// Follows changes from a version on; the version to go on from when the watch has ended.
    private func follow(from version: String) async throws(KubernetesFailure) -> String {
        var request = request
        request.resourceVersion = version
        let events = transport.watch(request)
        let outcome = await withTaskGroup(of: Result<String, KubernetesFailure>?.self) { group in
            group.addTask { await self.take(events, from: version) }
            group.addTask {
                try? await Task.sleep(for: .seconds(Self.watchSeconds))
                return nil
            }
            var outcome: Result<String, KubernetesFailure>?
            for await result in group {
                outcome = outcome ?? result
                group.cancelAll()
            }
            return outcome
        }
        return try (outcome ?? .success(version)).get()
    }

    private func take(
        _ events: AsyncThrowingStream<WatchEvent, any Error>, from version: String
    ) async -> Result<String, KubernetesFailure> {
        var version = version
        do {
            for try await event in events {
                if event.kind == .error { return .failure(KubernetesFailure(status: event.object)) }
                if let newer = event.object["metadata"]?["resourceVersion"]?.string { version = newer }
                take(event)
            }
            return .success(version)
        } catch {
            return .failure(error as? KubernetesFailure ?? KubernetesFailure(.unreachable, "\(error)"))
        }
    }

    private func take(_ event: WatchEvent) {
        let name = ObjectName(of: event.object)
        let isNews = state.withLock { state in
            switch event.kind {
            case .added, .modified:
                let object = keeps(event.object) ? event.object : nil
                defer { state.objects[name] = object }
                return state.objects[name] != object
            case .deleted: return state.objects.removeValue(forKey: name) != nil
            case .bookmark, .error: return false
            }
        }
        if isNews { news.raise() }
    }
}
