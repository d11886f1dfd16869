import Testing

@testable import ManifestKit

/// The forms of texts that rules about pod templates look at.
@Suite struct PodTemplateFormTests {
    @Test(arguments: [
        "web", "web:1", "web:V1", "localhost/web", "registry.example.com:5000/team/web:1.2-3_a",
        "Registry.example.com/web", "a.b--c/d__e.f", "[::1]:5000/web",
        "web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "r.example.com/web:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    ])
    func imageThatCanBePulled(_ image: String) {
        #expect(ImageReference.problem(image) == nil)
    }

    @Test(arguments: [
        "", ":1", "Web:1", "web:", "web:-1", "/web", "web/", "a//b", "team/Web", "a..b", "a___b", "_a", "a_", "web@",
        "web@sha256", "web@sha256:0123", "web@sha256:zz", "<image>", "${IMAGE}", "web:1:2/a", "web:a/b", "wéb",
    ])
    func imageThatCannot(_ image: String) {
        #expect(ImageReference.problem(image) != nil)
        #expect(!isPlain(image))
    }

    @Test(arguments: ["web", "web:1", "web:V1", "r.example.com:5000/team/web:1.2-3", "a-b/c_d.e:latest"])
    func plainImage(_ image: String) {
        #expect(isPlain(image))
        #expect(ImageReference.problem(image) == nil)
    }

    @Test(arguments: ["10.0.0.1", "010.0.0.1", "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1"])
    func address(_ text: String) { #expect(IPAddress.isValid(text)) }

    @Test(arguments: [
        "", "a", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", "1.2.3.-4", ":", ":::", "1:2", "1::2::3", "12345::",
        "g::", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0", "1:2:3:4:5:6:7::8:9", "10.0.0.1::", "99999999999999999999.1.1.1",
    ])
    func noAddress(_ text: String) { #expect(!IPAddress.isValid(text)) }

    @Test(arguments: ["web", "DOMAIN\\web", "NT AUTHORITY\\SYSTEM", "example.com\\web", "a b"])
    func windowsUser(_ text: String) { #expect(WindowsUserName.problem(text) == nil) }

    @Test(arguments: ["", "a\\b\\c", "a\\", "..", "a*b", "a\u{7}", ".a:b\\c", String(repeating: "a", count: 105)])
    func noWindowsUser(_ text: String) { #expect(WindowsUserName.problem(text) != nil) }

    static let amounts = [
        "0", "1", "1m", "250m", "0.25", "999999", "999999m", "1000000", "1k", "1000", "1Ki", "1024", "64Mi", "67108864",
        "1M", "99999Gi", "100000Gi", "1Ti", "0.5Gi", "512Mi", "1e3", "-1", "1Ei", "100n",
    ]

    @Test(arguments: amounts, amounts) func amountsCompareAsQuantities(_ left: String, _ right: String) throws {
        let leftAmount = try #require(ResourceAmount(node(left)))
        let rightAmount = try #require(ResourceAmount(node(right)))
        let leftQuantity = try #require(Quantity(left))
        let rightQuantity = try #require(Quantity(right))
        #expect((leftAmount < rightAmount) == (leftQuantity < rightQuantity))
        #expect((leftAmount == rightAmount) == (leftQuantity == rightQuantity))
        #expect(leftAmount.isNegative == leftQuantity.isNegative)
        #expect(leftAmount.isWhole == leftQuantity.isWhole)
    }

    private func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { ImageReference.isPlain($0) }
    }

    private func node(_ text: String) throws -> YAMLNode {
        let documents = YAMLParser.documents(in: SourceFile(name: "amount.yaml", text: text))
        return try #require(documents.first?.root)
    }
}
