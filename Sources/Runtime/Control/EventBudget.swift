/// How many Events each object may have: so many at once, and then one from time to time.
///
/// client-go gives each object 25 and another one every five minutes, so that no object floods a cluster with Events.
/// Here they come back faster, so that a long update with many steps is told of to its end.
struct EventBudget: Sendable {
    /// How many events an object may have at once, of each kind: a warning is not lost because all went well before.
    static let burst = 25.0
    /// Seconds until there may be another one.
    static let refillSeconds = 30.0
    /// How many objects are remembered.
    static let limit = 8_192

    private struct Key: Hashable {
        var uid: String
        var kind: String
    }

    private struct Account {
        var left = EventBudget.burst
        var countedAt: Double

        mutating func refill(now: Double) {
            left = min(EventBudget.burst, left + max(0, now - countedAt) / EventBudget.refillSeconds)
            countedAt = now
        }
    }

    private var accounts: [Key: Account] = [:]

    /// Whether an object may have another event of a kind now; it is counted. The moment is by a steady clock.
    mutating func spend(uid: String, kind: String, now: Double) -> Bool {
        let key = Key(uid: uid, kind: kind)
        if accounts[key] == nil, accounts.count >= Self.limit { forget(now: now) }
        var account = accounts[key] ?? Account(countedAt: now)
        account.refill(now: now)
        let isAllowed = account.left >= 1
        if isAllowed { account.left -= 1 }
        accounts[key] = account
        return isAllowed
    }

    /// Forgets those that have spent nothing for long; where that is nobody, all.
    private mutating func forget(now: Double) {
        let longest = Self.burst * Self.refillSeconds
        accounts = accounts.filter { now - $0.value.countedAt < longest }
        if accounts.count >= Self.limit { accounts = [:] }
    }
}
