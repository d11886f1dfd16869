/// The pods that a weight comes to where no router splits the traffic, and only whole pods can.
struct CanaryShare: Hashable {
    /// The pods of the new version.
    let canary: Int
    /// The pods of both versions.
    let total: Int

    /// The share of the new version in percent.
    var percent: Double { total > 0 ? Double(canary) * 100 / Double(total) : 0 }

    /// The share that comes closest to a weight from 0 to 100.
    ///
    /// With surge there may be one pod more than wanted, if that is closer; a weight that is neither nothing nor all
    /// leaves a pod on either side where there are two to share. Of two that are as close, the larger canary wins.
    init(weight: Int, replicas: Int, surge: Int) {
        let exact = Double(replicas) * Double(weight) / 100
        let up = Int(exact.rounded(.up))
        let down = Int(exact.rounded(.down))
        let mayBeNothing = weight == 0 || weight == 100 || (replicas == 1 && surge == 0)
        var options: [(canary: Int, total: Int)] = []
        if up < replicas || mayBeNothing { options.append((up, replicas)) }
        for total in surge > 0 ? [replicas, replicas + 1] : [replicas] {
            if total > replicas { options.append((up, total)) }
            let share = Double(total) * (Double(weight) / 100)
            let isTied = share - share.rounded(.down) == 0.5
            if !isTied, down != 0 || mayBeNothing { options.append((down, total)) }
        }
        func distance(_ option: (canary: Int, total: Int)) -> Double {
            (Double(option.canary) * 100 / Double(option.total) - Double(weight)).magnitude
        }
        var best = options.first ?? (0, replicas)
        for option in options.dropFirst() where distance(option) < distance(best) { best = option }
        canary = best.canary
        total = best.total
    }
}
