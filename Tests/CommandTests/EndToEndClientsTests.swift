import Testing

/// Kubernetes clients that are not ours work with the embedded cluster as with any other.
@Suite(.timeLimit(.minutes(5))) struct EndToEndClientsTests {
    @Test(.enabled(
        if: EndToEnd.hasModules("kubernetes", "lightkube"),
        "clients for Python are not there: pip install kubernetes lightkube"))
    func clientsOfOtherLanguagesWork() async throws {
        let play = try await EndToEnd.script("clients.py", [ProgramRun.program.path])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output == "official: as its documentation shows\nlight: as its documentation shows\n")
    }
}
