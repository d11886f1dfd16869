import ArgumentParser
import ManifestKit
import RolloutRuntime
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension SimulateCommand {
    /// Looks for trouble, and reports what was found.
    nonisolated(nonsending) func explore(_ inputs: [SimulationInput], count: Int) async throws {
        let (end, overflow) = seed.addingReportingOverflow(UInt64(count))
        guard !overflow else { throw ValidationError("--seed and --explore count further than 64 bits do") }
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        var hasFindings = false
        for input in inputs {
            let findings = await Exploration.run(input, seeds: seed..<end, cores: max(1, cores))
            hasFindings = hasFindings || !findings.isEmpty
            let full = RenderingNames.full(input.rollout)
            switch output.view.name {
            case TimelineJSON.name:
                try StandardOutput.write(Self.json(findings, full, seeds: seed..<end) + "\n")
            default: try StandardOutput.write(Self.text(findings, full, seeds: seed..<end))
            }
        }
        if hasFindings { throw ExitCode(ExitStatus.findings) }
    }

    private static func text(_ findings: [Exploration.Finding], _ name: String, seeds: Range<UInt64>) -> String {
        let range = "seeds \(seeds.lowerBound) to \(seeds.upperBound - 1)"
        guard !findings.isEmpty else { return PlainText.shown("\(name): \(range): nothing broken") + "\n" }
        var text = PlainText.shown("\(name): \(range): broken by \(findings.count)")
        text += findings.count == Exploration.findingLimit ? " or more\n" : "\n"
        for finding in findings {
            let violation = finding.violation
            let moment = ScenarioText.duration(violation.seconds)
            text += "\nseed \(finding.seed), at \(moment): \(violation.invariant): "
            text += PlainText.shown(violation.message) + "\n"
            text += "\(finding.scenario.events.count) of \(finding.eventCount) events are enough; play them with "
            text += "--seed \(finding.seed) and --scenario of this file:\n"
            text += ScenarioText.text(of: finding.scenario)
        }
        return text
    }

    private static func json(_ findings: [Exploration.Finding], _ name: String, seeds: Range<UInt64>) -> String {
        JSONWriter.text([
            "rollout": .string(name),
            "firstSeed": .string(String(seeds.lowerBound)), "seeds": .int(seeds.count),
            "broken": .array(findings.map { finding in
                [
                    "seed": .string(String(finding.seed)), "invariant": .string(finding.violation.invariant),
                    "message": .string(finding.violation.message), "atSeconds": .double(finding.violation.seconds),
                    "scenario": ScenarioText.value(of: finding.scenario),
                ]
            }),
        ])
    }
}

/// Reads scenario files.
enum ScenarioFile {
    /// The scenario in a file, or one in which nothing happens where no file is named; complains and ends the program
    /// where it has faults.
    static func scenario(in path: String?) throws -> Scenario {
        guard let path else { return Scenario() }
        let bytes = ByteOrderMark.removed(from: try InputFiles.contents(of: path))
        let (scenario, faults) = Scenario.read(SourceFile(name: path, bytes: bytes)) { name in
            // Beside the scenario, wherever the program was started.
            let folder = FilePath(path).removingLastComponent()
            return try InputFiles.contents(of: folder.pushing(FilePath(name)).string)
        }
        for fault in faults {
            let start = fault.span.start
            let place = "\(PlainText.shown(fault.span.file)):\(start.line):\(start.column)"
            let hint = fault.hint.map { " (\(PlainText.shown($0)))" } ?? ""
            StandardError.write("\(place): error: \(PlainText.shown(fault.message))\(hint)")
        }
        guard faults.isEmpty else { throw ExitCode(ExitStatus.findings) }
        return scenario
    }
}
