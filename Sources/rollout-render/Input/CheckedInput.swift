import ArgumentParser
import ManifestKit

extension RenderingInput {
    /// Reads files and folders and checks them as their configurations say; complains and ends the program where a
    /// configuration or a file cannot be read.
    static func checked(_ paths: [String]) throws -> RenderingInput {
        var configurations = try ConfigurationFiles(only: nil)
        let input = try RenderingInput(checking: paths) { file in
            try configurations.configuration(for: file)?.configuration.settings ?? ValidationSettings()
        }
        for fault in configurations.faults { StandardError.write(ReportSummary.text(of: fault)) }
        for file in input.unreadable { StandardError.write("error: \(file)") }
        guard configurations.faults.isEmpty, input.unreadable.isEmpty else { throw ExitCode(ExitStatus.unusable) }
        return input
    }
}
