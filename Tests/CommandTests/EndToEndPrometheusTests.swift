import Foundation
import Testing

/// Updates that a real Prometheus decides about.
@Suite(.timeLimit(.minutes(5))) struct EndToEndPrometheusTests {
    /// A healthy version comes to its end, and one that fails is rolled back within one interval.
    @Test(.enabled(
        if: EndToEnd.path(of: "prometheus") != nil && EndToEnd.python != nil,
        "Prometheus is not there: apt-get install prometheus"))
    func aFailingVersionIsRolledBackWithinOneInterval() async throws {
        let play = try await EndToEnd.script("prometheus.py", [ProgramRun.program.path])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains("Prometheus decided about both versions"))
        #expect(play.output.contains("version 2 is rolled out") && play.output.contains("rolled back"))
    }
}
