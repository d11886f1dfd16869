/// Why a cluster cannot be reached with what a kubeconfig, or a pod's service account, says about it.
public struct KubeconfigError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what to do about it.
    public var description: String

    /// Makes an error from what is wrong and where it stands.
    init(_ problem: String, in place: String? = nil) {
        description = place.map { "\($0): \(problem)" } ?? problem
    }
}
