import ManifestKit

/// Decides who leads: what is due, given the lease as it was read and a clock; knows neither a cluster nor the time of
/// day.
///
/// Moments are seconds of this machine's steady clock. The times that others write into the lease are never compared
/// with it: another replica is believed to lead for as long as its lease lasts since *we* first saw it as it is. So a
/// clock that is off by minutes, here or there, changes nothing.
///
/// A holder counts from the moment at which it *sent* its last renewal, and every other replica from a later one, at
/// which it saw it. As the holder gives up after the renew deadline, which is shorter than the lease, it has given up
/// before anybody else can begin.
struct LeaseMachine: Sendable {
    /// How long things take, in seconds.
    struct Times: Hashable, Sendable {
        /// How long others wait for a holder that says nothing more.
        var leaseDuration = 15.0
        /// How long a holder goes on without having renewed.
        var renewDeadline = 10.0
        /// How long to wait between two attempts.
        var retryPeriod = 2.0
    }

    /// A lease as it was read.
    struct Record: Hashable, Sendable {
        /// Who holds it; empty for nobody.
        var holder = ""
        /// How long it lasts, in seconds.
        var durationSeconds = 0
        /// When it was taken and last renewed, by the holder's clock.
        var acquireTime: String?
        var renewTime: String?
        /// How often it has passed from one to another.
        var transitions = 0
        /// `metadata.resourceVersion`.
        var version: String
    }

    /// What is due.
    enum Step: Hashable, Sendable {
        /// Nothing before a moment.
        case wait(until: Double)
        /// Read the lease.
        case read
        /// Make the lease, as there is none.
        case create
        /// Write our name into a lease, if it still is as it was read.
        case take(Record)
        /// Renew our own, if it still is as it was read.
        case renew(Record)
        /// It is lost: nothing may be written any more.
        case giveUp
    }

    private enum Role: Hashable {
        /// Another one leads, or nobody.
        case standby
        /// We do, as of a renewal that was sent at a moment.
        case leading(since: Double)
        case lost
    }

    let identity: String
    private let times: Times
    private var role = Role.standby
    /// The lease as it was seen last, and when it was first seen so; nil where it has to be read.
    private var seen: (record: Record, at: Double)?
    private var isMissing = false
    private var isFresh = false
    private var nextAttempt = -Double.infinity

    init(identity: String, times: Times = Times()) {
        self.identity = identity
        self.times = times
    }

    /// Until when we surely lead, if we do: before that moment nobody else can.
    var leadsUntil: Double? {
        if case .leading(let since) = role { since + times.renewDeadline } else { nil }
    }

    /// The lease that is to be given back at the end, or nil.
    var held: Record? {
        guard case .leading = role, let record = seen?.record, record.holder == identity else { return nil }
        return record
    }

    /// Who was last seen to lead; nil where that is not known, empty for nobody.
    var holder: String? { seen?.record.holder }

    /// What is due at a moment.
    mutating func step(now: Double) -> Step {
        switch role {
        case .lost: return .giveUp
        case .leading(let since):
            if now >= since + times.renewDeadline {
                role = .lost
                return .giveUp
            }
            if now < nextAttempt { return .wait(until: min(nextAttempt, since + times.renewDeadline)) }
            guard let seen, isFresh else { return .read }
            return .renew(seen.record)
        case .standby:
            if now < nextAttempt { return .wait(until: nextAttempt) }
            guard isFresh else { return .read }
            if isMissing { return .create }
            guard let seen else { return .read }
            return .take(seen.record)
        }
    }

    /// The lease was read, nil where there is none.
    mutating func wasRead(_ record: Record?, now: Double) {
        isFresh = true
        isMissing = record == nil
        guard let record else {
            seen = nil
            // What is ours does not vanish: somebody has deleted it, and somebody else may make it anew.
            if case .leading = role { role = .lost }
            return
        }
        if seen?.record != record { seen = (record, now) }
        switch role {
        case .leading where record.holder != identity: role = .lost
        case .standby where isHeldByAnother(now: now): retry(now: now)
        default: break
        }
    }

    /// Whether another one leads, as far as we can know.
    private func isHeldByAnother(now: Double) -> Bool {
        guard let seen, !seen.record.holder.isEmpty, seen.record.holder != identity else { return false }
        // Of two durations the longer: who wrote the lease may have been told another one than we.
        return now < seen.at + max(times.leaseDuration, Double(seen.record.durationSeconds))
    }

    /// The lease was written with our name, by a request that was sent at a moment.
    mutating func wasWritten(_ record: Record, sentAt: Double, now: Double) {
        guard role != .lost else { return }
        seen = (record, now)
        isFresh = true
        isMissing = false
        guard record.holder == identity, now < sentAt + times.renewDeadline else {
            // So late that it says nothing: it is read again.
            isFresh = false
            return
        }
        role = .leading(since: sentAt)
        nextAttempt = now + times.retryPeriod
    }

    /// A request failed, or was given up; `jitter` between 0 and 1 spreads the attempts of several replicas.
    mutating func failed(now: Double, jitter: Double, isConflict: Bool = false) {
        isFresh = false
        // Somebody has written to the lease: who it was has to be known at once.
        if isConflict, case .leading = role { return }
        retry(now: now, jitter: jitter)
    }

    private mutating func retry(now: Double, jitter: Double = 0.5) {
        isFresh = false
        nextAttempt = now + times.retryPeriod * (0.8 + 0.4 * jitter)
    }

    /// What the lease says when we take or renew it.
    func claim(on record: Record?, time: String) -> Record {
        let isOurs = record?.holder == identity
        return Record(
            holder: identity, durationSeconds: Int(times.leaseDuration.rounded(.up)),
            acquireTime: isOurs ? record?.acquireTime ?? time : time, renewTime: time,
            transitions: (record?.transitions ?? 0) + (isOurs || record == nil ? 0 : 1),
            version: record?.version ?? "")
    }
}

extension LeaseMachine.Record {
    /// Reads a Lease.
    init(_ object: JSONValue) {
        let spec = object["spec"]
        self.init(
            holder: spec?["holderIdentity"]?.string ?? "",
            durationSeconds: spec?["leaseDurationSeconds"]?.integer ?? 0,
            acquireTime: spec?["acquireTime"]?.string, renewTime: spec?["renewTime"]?.string,
            transitions: spec?["leaseTransitions"]?.integer ?? 0,
            version: object["metadata"]?["resourceVersion"]?.string ?? "")
    }

    /// `spec` of the Lease.
    var spec: JSONValue {
        [
            "holderIdentity": .string(holder), "leaseDurationSeconds": .int(durationSeconds),
            "acquireTime": acquireTime.map { .string($0) } ?? .null,
            "renewTime": renewTime.map { .string($0) } ?? .null, "leaseTransitions": .int(transitions),
        ]
    }
}
