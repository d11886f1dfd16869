/// How often values were no greater than each of some bounds, as Prometheus counts them.
struct Histogram: Sendable {
    /// The bounds, in rising order.
    let bounds: [Double]
    /// How many values lie between the bound before and this one; the last are above all bounds.
    private(set) var counts: [Int]
    /// The sum of all values.
    private(set) var sum = 0.0

    init(_ bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many values there are.
    var count: Int { counts.reduce(0, +) }

    /// Adds a value.
    mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The bounds of the reference's own histograms, in seconds.
    static let reference: [Double] = [0.01, 0.15, 0.25, 0.5, 1]
    /// From a millisecond to ten seconds.
    static let latency: [Double] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
    /// Powers of ten, as client-go's work queues have them.
    static let queue: [Double] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10]
}
