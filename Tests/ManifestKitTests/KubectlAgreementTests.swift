import Testing

@testable import ManifestKit

/// What we read is what kubectl reads. `kubectl annotate --local` reads and prints a manifest without a cluster.
@Suite(.enabled(if: OutsideTools.hasKubectl, "kubectl is not installed"))
struct KubectlAgreementTests {
    @Test func readsScalarsLikeKubectl() throws {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("0123456789+-.eExXoObB_:~yYnNaftruolsUIN%")
        let words = [
            "yes", "No", "ON", "off", "true", "False", "null", "Null", "~", ".inf", "-.INF", ".5", "5.", "0o17", "010",
            "08",
            "1e3", "1E+3", "1_0", "0x1F", "0b11", "-0b11", "+12", "2001-12-14", "12:30:45", "1.2.3", "100m", "1Gi",
            "10%",
        ]
        let random = (0..<400).map { _ in
            String(
                (0..<Int.random(in: 1...5, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                })
        }
        // What JSON has no number for, and what is no plain scalar, is left out.
        let scalars = (words + random).filter { text in
            guard let value = YAMLParser.document("k: \(text)\n"), value.faults.isEmpty,
                let scalar = value.root?["k"], scalar.isScalar, scalar.range.count == text.utf8.count
            else { return false }
            if case .float(let number) = scalar.scalar { return number.isFinite && abs(number) < 1e15 }
            return true
        }
        var manifest = "apiVersion: example.com/v1\nkind: Scalars\nmetadata:\n  name: scalars\nvalues:\n"
        for text in scalars { manifest += "- \(text)\n" }
        let result = try OutsideTools.run(
            "kubectl", ["annotate", "--local", "-f", "-", "-o", "json", "checked=by-test"], input: manifest)
        #expect(result.status == 0)
        let theirs = try #require(YAMLParser.document(result.output)?.root?["values"])
        let ours = try #require(YAMLParser.document(manifest)?.root?["values"])
        #expect(theirs.count == scalars.count)
        for (index, text) in scalars.enumerated() {
            let left = try #require(ours[index]).json
            let right = try #require(theirs[index]).json
            #expect(left == right || left.number != nil && left.number == right.number, "\(text)")
        }
    }
}
