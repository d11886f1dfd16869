/// The measured values of one metric as points in a chart, with the lines that its conditions draw.
struct MetricPanel {
    /// A measurement and where it stands.
    struct Point {
        /// From the left.
        var x: Double
        /// What was measured; nil where it is no number.
        var number: Double?
        /// What came of it.
        var phase: AnalysisPhase
        /// What it says where the pointer rests on it.
        var tip: String
    }

    private let points: [Point]
    private let thresholds: [ConditionThreshold]
    /// The distance between lines, and the lowest and the highest of them.
    private let interval: Double
    private let lowest: Double
    private let highest: Double

    /// A panel of what was measured of a metric; `place` says where a moment stands, and `tip` what is said of it.
    init(
        _ metric: SimulatedAnalysis.Metric, place: (_ seconds: Double) -> Double,
        tip: (SimulatedAnalysis.Sample) -> String
    ) {
        self.init(
            metric.samples.map { sample in
                Point(
                    x: place(sample.seconds), number: MeasuredValue.charted(sample.value), phase: sample.phase,
                    tip: tip(sample))
            },
            thresholds: ConditionThreshold.all(
                successCondition: metric.successCondition, failureCondition: metric.failureCondition))
    }

    init(_ points: [Point], thresholds: [ConditionThreshold]) {
        self.points = points
        self.thresholds = thresholds
        let numbers = points.compactMap(\.number) + thresholds.map(\.value)
        let (least, most) = (numbers.min() ?? 0, numbers.max() ?? 1)
        let span = most > least ? most - least : max(abs(most), 1)
        interval = Self.roundStep(span / 4)
        lowest = (least / interval).rounded(.down) * interval
        let top = (most / interval).rounded(.up) * interval
        highest = top > lowest ? top : lowest + interval
    }

    /// The values of the lines across the panel, from below, and where they stand.
    func lines(top: Double, height: Double) -> [(y: Double, text: String)] {
        let count = Int(((highest - lowest) / interval).rounded())
        return (0...max(1, min(count, 12))).map { number in
            let value = lowest + Double(number) * interval
            return (place(value, top, height), Self.text(value, step: interval))
        }
    }

    /// The elements of the points and of the thresholds.
    func text(top: Double, height: Double, left: Double, right: Double) -> String {
        var text = ""
        for threshold in thresholds {
            let y = ChartNumber.text(place(threshold.value, top, height))
            text += "<line class=\"threshold\(threshold.isFailure ? " failure" : "")\" "
            text += "x1=\"\(ChartNumber.text(left))\" x2=\"\(ChartNumber.text(right))\" y1=\"\(y)\" y2=\"\(y)\"/>\n"
        }
        let shown = points.filter { $0.number != nil }
        if shown.count > 1 {
            let places = shown.map { point in
                "\(ChartNumber.text(point.x)),\(ChartNumber.text(place(point.number ?? 0, top, height)))"
            }
            text += "<polyline class=\"values\" points=\"\(places.joined(separator: " "))\"/>\n"
        }
        for point in points {
            let x = ChartNumber.text(point.x)
            let tip = "<title>\(HTMLText.escaped(point.tip))</title>"
            if let number = point.number {
                let y = ChartNumber.text(place(number, top, height))
                text += "<circle class=\"point \(point.phase.rawValue)\" cx=\"\(x)\" cy=\"\(y)\" r=\"4\">"
                text += "\(tip)</circle>\n"
            } else {
                // Nothing that has a height: a cross on the ground.
                let (low, high) = (ChartNumber.text(top + height - 1), ChartNumber.text(top + height - 9))
                let (before, after) = (ChartNumber.text(point.x - 4), ChartNumber.text(point.x + 4))
                text += "<path class=\"cross \(point.phase.rawValue)\" "
                text += "d=\"M\(before),\(low)L\(after),\(high)M\(before),\(high)L\(after),\(low)\">\(tip)</path>\n"
            }
        }
        return text
    }

    private func place(_ value: Double, _ top: Double, _ height: Double) -> Double {
        top + height - height * (value - lowest) / (highest - lowest)
    }

    /// A round number of at least this size: 1, 2 or 5 and zeros.
    private static func roundStep(_ size: Double) -> Double {
        var unit = 1.0
        while unit > size, unit > 1e-300 { unit /= 10 }
        while unit * 10 <= size, unit < 1e300 { unit *= 10 }
        for factor in [1.0, 2, 5] where unit * factor >= size { return unit * factor }
        return unit * 10
    }

    /// A number with as many digits as its distance to the next line needs.
    private static func text(_ value: Double, step: Double) -> String {
        if abs(value) >= 1e6 || step < 1e-4 { return GoNumber.general(abs(value) < step / 2 ? 0 : value) }
        var digits = 0
        var scaled = step
        while digits < 6, scaled < 0.9999 {
            scaled *= 10
            digits += 1
        }
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        let rounded = (value * power).rounded() / power
        return GoNumber.plain(rounded == 0 ? 0 : rounded)
    }

    /// How the elements look.
    static let styles = """
        svg .values { fill: none; stroke: var(--faint); stroke-width: 1; }
        svg .threshold { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 6 4; }
        svg .threshold.failure { stroke: var(--bad); }
        svg .point { fill: var(--good); }
        svg .point.Failed, svg .point.Error { fill: var(--bad); }
        svg .point.Inconclusive { fill: var(--canary); }
        svg .cross { fill: none; stroke: var(--good); stroke-width: 2; }
        svg .cross.Failed, svg .cross.Error { stroke: var(--bad); }
        svg .cross.Inconclusive { stroke: var(--canary); }

        """
}
