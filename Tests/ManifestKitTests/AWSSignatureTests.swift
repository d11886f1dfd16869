import Testing
@testable import ManifestKit

/// Signatures for AWS against the vectors that AWS has published, and numbers as statuses have them.
@Suite struct AWSSignatureTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var query: HTTPQuery
        var service = "service"
        var headers: String
        var signature: String

        init(
            _ name: String, _ method: String, _ url: String, type: String? = nil, body: String? = nil,
            service: String = "service", headers: String = "host;x-amz-date", _ signature: String
        ) {
            self.name = name
            query = HTTPQuery(method, url)
            if let type { query.headers = [.init(name: "Content-Type", value: type)] }
            query.body = body
            self.service = service
            self.headers = headers
            self.signature = signature
        }

        var testDescription: String { name }
    }

    /// "aws-sig-v4-test-suite", and the example of the IAM User Guide.
    static let vectors = [
        Vector("get-vanilla", "GET", "https://example.amazonaws.com/",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector("get-vanilla-query-order-key-case", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector("get-slashes and dots", "GET", "https://example.amazonaws.com//./a/../",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector("post-vanilla", "POST", "https://example.amazonaws.com",
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector("post-x-www-form-urlencoded", "POST", "https://example.amazonaws.com/",
            type: "application/x-www-form-urlencoded", body: "Param1=value1", headers: "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        Vector("ListUsers", "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
            type: "application/x-www-form-urlencoded; charset=utf-8", service: "iam",
            headers: "content-type;host;x-amz-date",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
    ]

    static func signer(_ service: String, region: String = "us-east-1", token: String? = nil) -> AWSSignature {
        AWSSignature(
            service: service, region: region,
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: token),
            sha256: TestDigest.sha256)
    }

    @Test(arguments: vectors)
    func published(_ vector: Vector) throws {
        let moment = try #require(KubernetesTime("2015-08-30T12:36:00Z"))
        let signed = Self.signer(vector.service).signed(vector.query, at: moment)
        #expect(signed.headers.last == HTTPQuery.Header(
            name: "Authorization",
            value: "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/\(vector.service)/aws4_request, "
                + "SignedHeaders=\(vector.headers), Signature=\(vector.signature)"))
        #expect(signed.headers.contains(HTTPQuery.Header(name: "X-Amz-Date", value: "20150830T123600Z")))
    }

    // The signatures of these two come from an implementation of its own in another language.

    @Test func aTokenIsSigned() {
        var query = HTTPQuery("POST", "https://monitoring.eu-central-1.amazonaws.com:443/")
        query.headers = [
            .init(name: "Content-Type", value: "application/x-amz-json-1.0"),
            .init(name: "X-Amz-Target", value: "GraniteServiceVersion20100801.GetMetricData"),
            .init(name: "User-Agent", value: "changes on the way"),
        ]
        query.body = #"{"a":1}"#
        let signed = Self.signer("monitoring", region: "eu-central-1", token: "tok/en==")
            .signed(query, at: KubernetesTime(seconds: 1_700_000_000))
        #expect(signed.headers.contains(.init(name: "X-Amz-Security-Token", value: "tok/en==")))
        #expect(signed.headers.contains(.init(name: "Host", value: "monitoring.eu-central-1.amazonaws.com")))
        #expect(signed.headers.last?.value.hasSuffix(
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
                + "Signature=66d1316ed9fae1bc9bb04135c8c6ce2b05aa0703e234c577b360f3e10962e378") == true)
    }

    @Test func pathsAndQueriesAreSigned() {
        var query = HTTPQuery(
            "POST", "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/query"
                + "?b=2&a=1%202&a=1+1#x")
        query.headers = [.init(name: "content-type", value: " x ")]
        query.body = "query=up"
        let signed = Self.signer("aps", region: "eu-central-1")
            .signed(query, at: KubernetesTime(seconds: 1_700_000_000))
        #expect(signed.headers.last?.value.hasSuffix(
            "Signature=277879c5e32b81fd385bd08b4e0d5ae8a9938d809aa001f44c0352656b3315b2") == true)
    }

    @Test func digestsForTheTestsAreRight() {
        func hex(_ text: String) -> String {
            TestDigest.sha256(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
            == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    /// RFC 4231, test cases 1, 2 and 6.
    @Test func codesOfAuthentication() {
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        let signer = Self.signer("service")
        #expect(hex(signer.authenticationCode(Array("Hi There".utf8), key: Array(repeating: 0x0B, count: 20)))
            == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(hex(signer.authenticationCode(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
            == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let text = "Test Using Larger Than Block-Size Key - Hash Key First"
        #expect(hex(signer.authenticationCode(Array(text.utf8), key: Array(repeating: 0xAA, count: 131)))
            == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }
}

/// SHA-256 (FIPS 180-4), for the tests alone.
enum TestDigest {
    private static let constants: [UInt32] = primes(64).map { fraction($0, cubic: true) }
    private static let start: [UInt32] = primes(8).map { fraction($0, cubic: false) }

    private static func primes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var number = 2
        while primes.count < count {
            if primes.allSatisfy({ number % $0 != 0 }) { primes.append(number) }
            number += 1
        }
        return primes
    }

    /// The first 32 bits behind the point of a root, found by bisection in whole numbers.
    private static func fraction(_ prime: Int, cubic: Bool) -> UInt32 {
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            // middle is the root times 2^32.
            let square = middle.multipliedFullWidth(by: middle)
            let isBelow: Bool
            if cubic {
                // middle^3 <= prime * 2^96, compared by quotients so that 128 bits are enough.
                let limit = UInt128(prime) << 96
                isBelow = (UInt128(square.high) << 64 | UInt128(square.low)) <= limit / UInt128(max(middle, 1))
            } else {
                isBelow = (UInt128(square.high) << 64 | UInt128(square.low)) <= UInt128(prime) << 64
            }
            if isBelow { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    static let sha256: @Sendable ([UInt8]) -> [UInt8] = { message in
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        let length = UInt64(message.count) * 8
        bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) }
        var state = start
        for block in stride(from: 0, to: bytes.count, by: 64) { compress(Array(bytes[block..<block + 64]), &state) }
        return state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) } }
    }

    private static func compress(_ block: [UInt8], _ state: inout [UInt32]) {
        func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
        var words: [UInt32] = stride(from: 0, to: 64, by: 4).map { place in
            block[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        for place in 16..<64 {
            let early = words[place - 15]
            let late = words[place - 2]
            let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
            let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
            words.append(words[place - 16] &+ first &+ words[place - 7] &+ second)
        }
        var s = state
        for place in 0..<64 {
            let sum1 = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)
            let choice = s[4] & s[5] ^ ~s[4] & s[6]
            let first = s[7] &+ sum1 &+ choice &+ constants[place] &+ words[place]
            let sum0 = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)
            let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
            s = [first &+ sum0 &+ majority, s[0], s[1], s[2], s[3] &+ first, s[4], s[5], s[6]]
        }
        state = zip(state, s).map { $0 &+ $1 }
    }
}
