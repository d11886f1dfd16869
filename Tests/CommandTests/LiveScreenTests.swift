import ManifestKit
import Testing

@testable import rollout_render

/// What is written to a terminal to draw over older lines.
@Suite struct LiveScreenTests {
    @Test func theRestOfALineIsCleared() {
        let title = StyledLine("revision 2", .bold).padded(to: 20)
        #expect(LiveScreen.body([title], columns: 20, isColored: false) == "revision 2\u{1B}[K\n")
        let full = StyledLine(String(repeating: "x", count: 20))
        #expect(LiveScreen.body([full], columns: 20, isColored: false) == String(repeating: "x", count: 20) + "\n")
        let wide = StyledLine(String(repeating: "x", count: 30))
        #expect(LiveScreen.body([wide], columns: 20, isColored: false) == String(repeating: "x", count: 19) + "…\n")
    }
}
