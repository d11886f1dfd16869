/// Times in words that people read at a glance.
public enum ElapsedTime {
    /// A length as kubectl writes ages, exact enough for its size: `45s`, `3m20s`, `5h`, `2d`, `1y30d`.
    public static func text(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return pair(minutes, "m", seconds % 60, "s")
        case ..<10_800: return "\(minutes)m"
        case ..<28_800: return pair(hours, "h", minutes % 60, "m")
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return pair(days, "d", hours % 24, "h")
        case ..<63_072_000: return "\(days)d"
        case ..<252_288_000: return pair(days / 365, "y", days % 365, "d")
        default: return "\(days / 365)y"
        }
    }

    /// The time since a moment, or nothing where the moment is not known.
    public static func since(_ moment: KubernetesTime?, now: KubernetesTime) -> String {
        moment.map { text($0.seconds(until: now)) } ?? ""
    }

    private static func pair(_ first: Int, _ unit: String, _ second: Int, _ lesser: String) -> String {
        second == 0 ? "\(first)\(unit)" : "\(first)\(unit)\(second)\(lesser)"
    }
}
