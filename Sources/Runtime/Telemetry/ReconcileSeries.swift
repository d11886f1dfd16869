/// What metrics tell of the looks at one object.
struct ReconcileSeries: Sendable {
    /// How long they took.
    private(set) var times = Histogram(Histogram.reference)
    /// How many of them failed.
    private(set) var errors = 0

    /// Adds a look that took so many seconds.
    mutating func add(_ seconds: Double, failed: Bool) {
        times.add(seconds)
        if failed { errors += 1 }
    }
}
