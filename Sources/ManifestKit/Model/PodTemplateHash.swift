/// The hash that names the ReplicaSet of a pod template, and the one that marks the steps of a canary.
///
/// It is the reference controller's, bit for bit: a cluster may change from one controller to the other in the middle of
/// an update and no ReplicaSet is made anew.
public enum PodTemplateHash {
    /// Whose JSON the hash is taken over; it differs where a template has no creation timestamp, and none has.
    public enum Style: String, Sendable, CaseIterable {
        /// Argo Rollouts 1.9 and newer: an absent timestamp is left out.
        case current
        /// Argo Rollouts 1.8 and older: an absent timestamp is written as null.
        case beforeRollouts19 = "argo-rollouts-1.8"
    }

    /// The hash of a pod template as given; `defaulted(_:)` fills in what an API server would.
    public static func hash(
        of template: JSONValue, collisionCount: Int? = nil, style: Style = .current
    ) -> String {
        var encoder = GoJSONEncoder(writesZeroTimes: style == .beforeRollouts19)
        encoder.write(template, as: .structure(GoFieldOrder.podTemplate))
        var hash = FowlerNollVo()
        hash.add(encoder.output)
        if let collisionCount {
            let count = UInt32(truncatingIfNeeded: collisionCount)
            hash.add((0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } + [0, 0, 0, 0])
        }
        return safeText(hash.value)
    }

    /// The hash of `spec.strategy.canary.steps`, which the reference keeps in `status.currentStepHash`; null stands for
    /// steps that are absent.
    public static func stepHash(of steps: JSONValue) -> String {
        var encoder = GoJSONEncoder()
        encoder.write(steps, as: .list(.structure(GoFieldOrder.canaryStep)))
        var hash = FowlerNollVo()
        hash.add(encoder.output)
        return safeText(hash.value)
    }

    /// The name of the ReplicaSet that a Rollout makes for a template of this hash.
    public static func replicaSetName(rollout: String, hash: String) -> String { "\(rollout)-\(hash)" }

    /// A decimal number spelled with characters that make no words.
    private static func safeText(_ value: UInt32) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        return String(decoding: String(value).utf8.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
    }
}

/// The 32-bit FNV-1a hash.
private struct FowlerNollVo {
    private(set) var value: UInt32 = 2_166_136_261

    mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { value = (value ^ UInt32(byte)) &* 16_777_619 }
    }
}
