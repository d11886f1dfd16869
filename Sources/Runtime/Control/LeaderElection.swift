import ManifestKit
import Synchronization

/// Sees to it that of several replicas one works: takes a Lease, renews it, and knows at every moment whether it is
/// surely held.
///
/// The Lease is the reference's, as client-go writes it, so that the reference and this controller never work on the
/// same Rollouts at once.
public final class LeaderElection: Sendable {
    /// Which lease, and how long things take.
    public struct Settings: Sendable {
        /// The namespace of the Lease.
        public var namespace = "argo-rollouts"
        /// The name of the Lease.
        public var name = LeaderElection.leaseName(instanceID: "")
        /// Who we are; no two replicas may have the same.
        public var identity: String
        /// How long others wait for a holder that says nothing more, in seconds.
        public var leaseDuration = 15.0
        /// How long a holder goes on without having renewed, in seconds; less than the lease lasts.
        public var renewDeadline = 10.0
        /// How long to wait between two attempts, in seconds; less than the deadline.
        public var retryPeriod = 2.0

        /// The settings of a replica.
        public init(identity: String) { self.identity = identity }
    }

    /// How it went on.
    public enum News: Sendable {
        /// Another replica leads.
        case follows(String)
        /// We lead.
        case leads
        /// We lead no more, and why.
        case lost(String)
        /// The lease cannot be read or written; told once for each kind of failure.
        case troubled(KubernetesFailure)
    }

    private struct State {
        var machine: LeaseMachine
        var lastFailure: KubernetesFailure?
        /// The kind of failure that was told, until all is well again.
        var toldFailure: KubernetesFailure.Reason?
        var toldHolder: String?
        /// Whether the lease is being given back, so that it is renewed no more.
        var isEnding = false
    }

    /// The name of the lease for the Rollouts with an instance id.
    public static func leaseName(instanceID: String) -> String {
        "argo-rollouts-controller-lock" + (instanceID.isEmpty ? "" : "-\(instanceID)")
    }

    static let leases = ResourceType(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let settings: Settings
    private let state: Mutex<State>
    private var lease: ObjectName { ObjectName(namespace: settings.namespace, name: settings.name) }

    /// Makes one that does not run yet.
    public init(transport: any ClusterTransport, clock: any ClusterClock, settings: Settings) {
        self.transport = transport
        self.clock = clock
        self.settings = settings
        let times = LeaseMachine.Times(
            leaseDuration: settings.leaseDuration, renewDeadline: settings.renewDeadline,
            retryPeriod: settings.retryPeriod)
        state = Mutex(State(machine: LeaseMachine(identity: settings.identity, times: times)))
    }

    /// Whether the lease is surely held at this moment.
    public var isHeld: Bool {
        let now = clock.steady
        return state.withLock { !$0.isEnding && ($0.machine.leadsUntil ?? -.infinity) > now }
    }

    /// Why the lease could not be read or written the last time, or nil.
    var problem: KubernetesFailure? { state.withLock { $0.lastFailure } }

    /// The name of the lease.
    public var leaseName: String { settings.name }

    /// A way to the cluster that lets writes through only while the lease is surely held.
    public func guarded(_ base: any ClusterTransport) -> any ClusterTransport {
        GuardedTransport(base: base, permit: WritePermit(isGiven: { self.isHeld }, refusal: KubernetesFailure(
            .serviceUnavailable, "nothing is written, as this replica does not hold the lease \(settings.name)")))
    }

    /// Tries to get the lease and keeps it, until it is lost or the task is cancelled.
    public func run(_ tell: @escaping @Sendable (News) -> Void) async {
        var wasLeading = false
        while !Task.isCancelled, !state.withLock({ $0.isEnding }) {
            let now = clock.steady
            let step = state.withLock { $0.machine.step(now: now) }
            switch step {
            case .wait(let moment): try? await clock.sleep(until: clock.now + max(0, moment - now))
            case .giveUp:
                tell(.lost(reasonOfLoss))
                return
            case .read: await read(tell)
            case .create: await write(on: nil, tell)
            case .take(let record), .renew(let record): await write(on: record, tell)
            }
            guard !wasLeading, isHeld else { continue }
            wasLeading = true
            tell(.leads)
        }
    }

    /// Gives the lease back, so that another replica need not wait for its end; it cannot be taken again after that.
    ///
    /// A renewal may be under way at that moment, which makes the lease another one than the one that we know: it is
    /// read anew then and given back all the same, as long as it is ours.
    public func release() async {
        let held = state.withLock { state in
            state.isEnding = true
            return state.machine.held
        }
        guard var record = held else { return }
        for _ in 0..<Self.releaseAttempts {
            record.holder = ""
            record.durationSeconds = 1
            record.renewTime = time
            if (try? await answer(to: update(record), within: settings.retryPeriod)) != nil { return }
            guard let object = try? await answer(to: .get(Self.leases, lease), within: settings.retryPeriod)
            else { return }
            record = LeaseMachine.Record(object)
            guard record.holder == settings.identity else { return }
        }
    }

    private static let releaseAttempts = 3

    private var reasonOfLoss: String {
        let (holder, failure) = state.withLock { ($0.machine.holder, $0.lastFailure) }
        if let holder, !holder.isEmpty, holder != settings.identity { return "\(holder) holds it now" }
        if let failure { return "it could not be renewed in time: \(failure.message)" }
        return "it could not be renewed in time"
    }

    // MARK: Requests

    /// How long a request may take: two of them fit in before the deadline, and none goes on behind it.
    private var patience: Double {
        let usual = max(settings.retryPeriod, settings.renewDeadline / 2) * 0.9
        guard let end = state.withLock({ $0.machine.leadsUntil }) else { return usual }
        return max(0, min(usual, end - clock.steady))
    }

    private func read(_ tell: (News) -> Void) async {
        do throws(KubernetesFailure) {
            let object = try await answer(to: .get(Self.leases, lease), within: patience)
            noteRead(LeaseMachine.Record(object), tell)
        } catch {
            if error.reason == .notFound { noteRead(nil, tell) } else { note(error, tell) }
        }
    }

    private func noteRead(_ record: LeaseMachine.Record?, _ tell: (News) -> Void) {
        let now = clock.steady
        let news: String? = state.withLock { state in
            state.machine.wasRead(record, now: now)
            state.lastFailure = nil
            let holder = record?.holder ?? ""
            // Where another one leads there is nothing to write, so that a read is all there is to do.
            if !holder.isEmpty, holder != settings.identity { state.toldFailure = nil }
            guard holder != state.toldHolder, !holder.isEmpty, holder != settings.identity else { return nil }
            state.toldHolder = holder
            return holder
        }
        if let news { tell(.follows(news)) }
    }

    private func write(on record: LeaseMachine.Record?, _ tell: (News) -> Void) async {
        let sentAt = clock.steady
        let claim = state.withLock { $0.machine.claim(on: record, time: time) }
        do throws(KubernetesFailure) {
            let answer = try await answer(to: record == nil ? create(claim) : update(claim), within: patience)
            let now = clock.steady
            state.withLock { state in
                state.machine.wasWritten(LeaseMachine.Record(answer), sentAt: sentAt, now: now)
                state.lastFailure = nil
                state.toldFailure = nil
            }
        } catch {
            note(error, tell)
        }
    }

    private func note(_ failure: KubernetesFailure, _ tell: (News) -> Void) {
        guard !Task.isCancelled else { return }
        let now = clock.steady
        let isConflict = failure.reason == .conflict || failure.reason == .alreadyExists
        let isNews = state.withLock { state in
            state.machine.failed(
                now: now, jitter: Double.random(in: 0...1), isConflict: isConflict || failure.reason == .notFound)
            guard !isConflict else { return false }
            state.lastFailure = failure
            defer { state.toldFailure = failure.reason }
            return state.toldFailure != failure.reason
        }
        if isNews { tell(.troubled(failure)) }
    }

    private func create(_ record: LeaseMachine.Record) -> KubernetesRequest {
        .create(Self.leases, namespace: settings.namespace, [
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": ["name": .string(settings.name), "namespace": .string(settings.namespace)],
            "spec": record.spec,
        ])
    }

    /// A patch and not an update: labels that others put on the Lease stay, and the version guards it all the same.
    private func update(_ record: LeaseMachine.Record) -> KubernetesRequest {
        .patch(Self.leases, lease, ["metadata": ["resourceVersion": .string(record.version)], "spec": record.spec])
    }

    /// Sends a request before all others, and waits no longer than a time for its answer, whatever the transport does
    /// meanwhile.
    private func answer(
        to request: KubernetesRequest, within seconds: Double
    ) async throws(KubernetesFailure) -> JSONValue {
        var request = request
        request.isUrgent = true
        let (answers, continuation) = AsyncStream<Result<JSONValue, KubernetesFailure>>.makeStream()
        let work = Task { [transport, request] in
            do throws(KubernetesFailure) {
                continuation.yield(.success(try await transport.send(request)))
            } catch {
                continuation.yield(.failure(error))
            }
        }
        let timer = Task { [clock] in
            try await clock.sleep(until: clock.now + seconds)
            continuation.yield(.failure(KubernetesFailure(.timeout, "no answer within \(seconds) seconds")))
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for await answer in answers { return try answer.get() }
        throw KubernetesFailure(.timeout, "the request was cancelled")
    }

    /// The time of day with millionths of a second, as client-go writes it.
    private var time: String {
        let now = clock.now
        let seconds = now.rounded(.down)
        let fraction = String(Int((now - seconds) * 1_000_000))
        let text = KubernetesTime(seconds: Int64(seconds)).description.dropLast()
        return text + "." + String(repeating: "0", count: 6 - fraction.count) + fraction + "Z"
    }
}
