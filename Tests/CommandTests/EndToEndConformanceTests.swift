import Foundation
import Testing

/// The recorded scenarios through the API of the built program, played by the recorder's own client.
@Suite(.timeLimit(.minutes(5))) struct EndToEndConformanceTests {
    @Test(.enabled(if: EndToEnd.hasRecordings, "shared/conformance, or requests and PyYAML for Python, are not there"))
    func theControllerDoesWhatTheReferenceDid() async throws {
        let cluster = try RunningCluster(["--pod-delay", "1s"])
        let play = try await EndToEnd.script("conformance.py", ["--kubeconfig", cluster.kubeconfig])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains(" 0 different\n"))
    }
}
