import ArgumentParser
import ManifestKit

/// The least severity of a finding that makes the program fail.
enum FailLevel: String, ExpressibleByArgument, CaseIterable {
    case error
    case warning
    case note
    /// Findings never do.
    case never

    /// Whether a finding of this severity makes the program fail.
    func isReached(by severity: Severity) -> Bool {
        switch self {
        case .error: severity >= .error
        case .warning: severity >= .warning
        case .note: severity >= .note
        case .never: false
        }
    }
}
