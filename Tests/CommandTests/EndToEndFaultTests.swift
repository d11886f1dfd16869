import Foundation
import Testing

/// A bad way between the controller and its API server, and replicas that die or freeze.
@Suite(.timeLimit(.minutes(5))) struct EndToEndFaultTests {
    @Test(.enabled(if: EndToEnd.python != nil, "Python is not there"))
    func nothingIsLostAndTheEndIsRight() async throws {
        let play = try await EndToEnd.script("faults.py", [ProgramRun.program.path])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(!play.output.contains("WRONG") && play.output.contains("frozen       right"))
    }
}
