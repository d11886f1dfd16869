import ArgumentParser
import ManifestKit

/// What `validate` found, ready to be written.
struct ValidationReport: Sendable {
    /// The files that were read, in their order.
    var files: [String] = []
    /// How many documents were seen.
    var counts = Validator.Counts()
    /// What was found, sorted by file and place.
    var diagnostics: [Diagnostic] = []
    /// What could not be read.
    var unreadable: [UnreadableInput] = []
    /// The least severity that makes the program fail.
    var failLevel = FailLevel.error

    /// The number of findings of a severity.
    func count(_ severity: Severity) -> Int { diagnostics.count { $0.severity == severity } }
}

/// A way to write a report. One file each, and one line in `ReportFormats`.
protocol ReportFormat: Sendable {
    /// The name that the user gives behind `-o`.
    static var name: String { get }
    /// The whole report, ending in a line break unless it is empty.
    static func text(of report: ValidationReport, isColored: Bool) -> String
}

/// Every format there is, sorted by name.
enum ReportFormats {
    /// One line a format; a test holds the list against the folder.
    static let all: [any ReportFormat.Type] = [
        GitHubReport.self,
        JSONReport.self,
        JUnitReport.self,
        SARIFReport.self,
        TextReport.self,
    ]
}

/// A format as a user names it.
struct ReportFormatName: ExpressibleByArgument {
    /// The format.
    let format: any ReportFormat.Type

    /// Names a format in code.
    init(_ format: any ReportFormat.Type) { self.format = format }

    init?(argument: String) {
        guard let format = ReportFormats.all.first(where: { $0.name == argument }) else { return nil }
        self.format = format
    }

    static var allValueStrings: [String] { ReportFormats.all.map { $0.name } }
    var defaultValueDescription: String { format.name }
}
