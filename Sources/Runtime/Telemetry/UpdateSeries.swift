/// How long the updates took that came to the same end.
struct UpdateSeries: Sendable {
    /// From start to end.
    private(set) var total = Histogram([30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 28_800])
    /// Without the time that they waited for people.
    private(set) var progression = Histogram([30, 60, 120, 300, 600, 900, 1_800, 3_600])
    /// The time that they waited for people.
    private(set) var pause = Histogram([0, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 28_800])

    /// Adds an update.
    mutating func add(_ seconds: (total: Int, paused: Int)) {
        total.add(Double(seconds.total))
        progression.add(Double(max(0, seconds.total - seconds.paused)))
        pause.add(Double(seconds.paused))
    }
}
