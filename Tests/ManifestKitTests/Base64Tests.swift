import Foundation
import Testing

@testable import ManifestKit

@Suite struct Base64Tests {
    @Test(arguments: 0...66) func isThatOfOthers(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        let text = Data(bytes).base64EncodedString()
        #expect(Base64.encoded(bytes) == text)
        #expect(Base64.decoded(text) == bytes)
        #expect(Base64.urlDecoded(Base64.urlEncoded(bytes)) == bytes)
        #expect(!Base64.urlEncoded(bytes).contains { "+/=".contains($0) })
    }

    @Test(arguments: ["a", "abcde", "ab c", "äöü", "a=b="]) func refusesOtherText(_ text: String) {
        #expect(Base64.decoded(text) == nil)
    }
}
