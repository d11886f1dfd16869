import ArgumentParser
import ManifestKit

/// A version of Kubernetes as a user writes it, `1.36`.
struct KubernetesVersion: ExpressibleByArgument {
    /// The minor version.
    let minor: Int

    init?(argument: String) {
        guard let minor = ValidationSettings.kubernetesMinor(of: argument) else { return nil }
        self.minor = minor
    }

    static var allValueStrings: [String] { ValidationSettings.kubernetesMinors.map { "1.\($0)" } }
}
