import Testing

@testable import ManifestKit

@Suite struct QuantityTests {
    /// What Kubernetes writes for what it reads.
    @Test(arguments: [
        ("0", "0"), ("000", "0"), ("-0", "0"), ("1", "1"), ("100m", "100m"), ("1000m", "1"), ("1500m", "1500m"),
        ("0.1", "100m"), ("0.5", "500m"), ("2.25", "2250m"), ("1.5Gi", "1536Mi"), ("0.25Gi", "256Mi"),
        ("1024Mi", "1Gi"), ("1024Ki", "1Mi"), ("1025Ki", "1025Ki"), ("1000Ki", "1000Ki"), ("0.5Ki", "512"),
        ("1000", "1k"), ("1000000", "1M"), ("4096", "4096"), ("2k", "2k"), ("64k", "64k"), ("1e3", "1e3"),
        ("1E", "1E"), ("1000E", "1e21"), ("12e-1", "1200e-3"), ("1e-1", "100e-3"), ("1n", "1n"), ("0.1n", "1n"),
        ("500u", "500u"), ("0.0000000001", "1n"), ("-1.5", "-1500m"),
        ("0.3Ki", "307200m"), ("8Ei", "9223372036854775807"),
        ("9223372036854775808", "9223372036854775808"), ("1Ei", "1Ei"), ("1023", "1023"), (".5", "500m"), ("1.", "1."),
        ("1Ti", "1Ti"), ("16Mi", "16Mi"), ("10M", "10M"), ("007", "007"), ("3000m", "3"), ("1.000", "1"),
    ])
    func isWrittenAsKubernetesDoes(_ text: String, _ canonical: String) {
        #expect(Quantity(text)?.canonical == canonical)
    }

    @Test(arguments: ["", "1GB", "1 Gi", "abc", "1Ki1", "1kk", "1e", "1e1.5", "0x10", "1,5", "1mi", "1K", "--1", "1m1"])
    func isRefused(_ text: String) { #expect(Quantity(text) == nil) }

    @Test func isCompared() throws {
        let ascending = [
            "-1Gi", "-1", "0", "1n", "1m", "999m", "1", "1.5", "1k", "1Ki", "1M", "1Mi", "1G", "1Gi", "1E", "1e20",
        ]
        let quantities = try ascending.map { try #require(Quantity($0)) }
        #expect(quantities == quantities.shuffled().sorted())
        #expect(Quantity("1000m") == Quantity("1"))
        #expect(Quantity("1Gi") == Quantity("1024Mi"))
        #expect(Quantity("1")?.hashValue == Quantity("1.0")?.hashValue)
    }

    @Test func hasWholeValues() {
        #expect(Quantity("1500m")?.wholeValue == 2)
        #expect(Quantity("-1500m")?.wholeValue == -2)
        #expect(Quantity("1.5Gi")?.wholeValue == 1_610_612_736)
        #expect(Quantity("0.1")?.milliValue == 100)
        #expect(Quantity("1u")?.milliValue == 1)
        #expect(Quantity("1e30")?.wholeValue == nil)
        #expect(Quantity("0")?.wholeValue == 0)
        #expect(Quantity("9223372036854775807")?.wholeValue == Int64.max)
    }
}

@Suite struct IntOrPercentTests {
    @Test func isResolved() {
        #expect(IntOrPercent(percent: "25%")?.resolved(of: 10, rounding: .up) == 3)
        #expect(IntOrPercent(percent: "25%")?.resolved(of: 10, rounding: .down) == 2)
        #expect(IntOrPercent(percent: "100%")?.resolved(of: 7, rounding: .down) == 7)
        #expect(IntOrPercent.count(4).resolved(of: 10, rounding: .up) == 4)
        #expect(IntOrPercent.percent(Int.max).resolved(of: Int.max, rounding: .up) == Int.max)
    }

    @Test(arguments: ["", "%", "25", "2.5%", "-5%", "25 %", "99999999999999999999%"])
    func isRefused(_ text: String) { #expect(IntOrPercent(percent: text) == nil) }

    @Test func isRead() {
        #expect(IntOrPercent(JSONValue.string("30%")) == .percent(30))
        #expect(IntOrPercent(JSONValue.int(3)) == .count(3))
        #expect(IntOrPercent(JSONValue.string("3")) == nil)
    }
}

@Suite struct KubernetesTimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-23T09:30:00Z", 1_795_426_200),
        ("2026-11-23T10:30:00+01:00", 1_795_426_200),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199), ("1969-12-31T23:59:59Z", -1),
        ("0001-01-01T00:00:00Z", -62_135_596_800),
    ])
    func isRead(_ text: String, _ seconds: Int64) throws {
        let time = try #require(KubernetesTime(text))
        #expect(time.seconds == seconds)
        #expect(KubernetesTime(time.description) == time)
    }

    @Test(arguments: [
        "", "tomorrow", "2026-11-23", "2026-11-23T09:30:00", "2026-11-23 09:30:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T09:30:00.Z", "2026-11-23T09:30:00+0100",
        "2026-11-23T09:30:00Zx",
    ])
    func isRefused(_ text: String) { #expect(KubernetesTime(text) == nil) }

    @Test func isWrittenInUniversalTime() {
        #expect(KubernetesTime("2026-11-23T10:30:00.5+01:00")?.description == "2026-11-23T09:30:00Z")
    }
}

@Suite struct KubernetesNamesTests {
    static let long = String(repeating: "a", count: 64)

    @Test(arguments: [
        (KubernetesNames.label, ["web", "web-1", "1web"], ["", "Web", "web.", "-web", "web-", "we_b", long]),
        (.rfc1035Label, ["web", "web-1"], ["1web", "web.a", "-web", ""]),
        (.subdomain, ["web", "a.b-c.d1", long], ["a..b", ".a", "a.", "a.-b", "a-.b", "A.b", "a_b"]),
        (.wildcardSubdomain, ["*.example.com"], ["*", "*.", "example.com", "a.*.com", "**.com"]),
        (.qualifiedName, ["app", "a.b/App_1", "A"], ["", "/a", "a/", "a/b/c", "A.b/c", "a b", "-a", "x/" + long]),
        (.labelValue, ["", "Web_1.2", "a"], ["a b", "-a", "a.", "é", long]),
        (.portName, ["http", "grpc-web", "8080a"], ["", "8080", "HTTP", "a--b", "-a", "a-", "sixteen-letters-"]),
        (.configMapKey, ["a.B-c_d", ".x"], ["", ".", "..", "..a", "a/b"]),
        (.environmentName, ["A_B", "a.b", "with space"], ["", "A=B", "é"]),
        (.headerName, ["X-Header"], ["", "X Header", "X:"]),
    ])
    func tellsGoodNamesFromBad(_ form: KubernetesNames, _ good: [String], _ bad: [String]) {
        for name in good { #expect(form.accepts(name), "\(form) \(name)") }
        for name in good { #expect(form.problem(name) == nil) }
        for name in bad { #expect(!form.accepts(name), "\(form) \(name)") }
        for name in bad { #expect(form.problem(name)?.isEmpty == false, "\(form) \(name)") }
    }

    @Test func saysWhatIsWrong() {
        #expect(KubernetesNames.label.problem("Web") == "\"Web\" has the upper-case letter `W` in it")
        #expect(KubernetesNames.label.problem("web-") == "\"web-\" ends with `-`")
        #expect(KubernetesNames.rfc1035Label.problem("1web") == "\"1web\" begins with a digit")
        #expect(KubernetesNames.label.suggestion(for: "My_App.") == "my-app")
        #expect(KubernetesNames.label.suggestion(for: "___") == nil)
    }

    @Test func tellsAddresses() {
        for good in ["10.0.0.1", "::1", "fe80::1", "2001:db8::", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1", "::"] {
            #expect(IPAddress.isValid(good), "\(good)")
        }
        for bad in ["10.0.0", "256.0.0.1", "1:2:3", ":1", "1::2::3", "web", "", "1:2:3:4:5:6:7:8:9", "12345::"] {
            #expect(!IPAddress.isValid(bad), "\(bad)")
        }
        #expect(IPAddress.isRange("10.0.0.0/8"))
        #expect(!IPAddress.isRange("10.0.0.0/33"))
    }
}
