import Testing

/// What is drawn again and again looks as if it were drawn once, in terminals of any width.
@Suite(.timeLimit(.minutes(5))) struct EndToEndTerminalTests {
    static let hasTerminals = EndToEnd.python != nil && EndToEnd.path(of: "tmux") != nil

    @Test(.enabled(if: hasTerminals, "Python or tmux is not there"))
    func picturesListsAndWaitsLookGood() async throws {
        let run = try await EndToEnd.script("terminal.py", [ProgramRun.program.path])
        #expect(run.code == 0, "\(run.output)\(run.messages)")
    }
}
