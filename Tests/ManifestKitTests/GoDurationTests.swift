import Testing

@testable import ManifestKit

/// Lengths of time are read and printed as Go does it.
@Suite struct GoDurationTests {
    @Test(arguments: [
        ("0", 0), ("+0", 0), ("-0", 0), ("5s", 5_000_000_000), ("30s", 30_000_000_000), ("1478s", 1_478_000_000_000),
        ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), ("5.0s", 5_000_000_000), ("5.6s", 5_600_000_000),
        ("5.s", 5_000_000_000), (".5s", 500_000_000), ("1.004s", 1_004_000_000), ("100.00100s", 100_001_000_000),
        ("10ns", 10), ("11us", 11_000), ("12µs", 12_000), ("12μs", 12_000), ("13ms", 13_000_000),
        ("14s", 14_000_000_000), ("15m", 900_000_000_000), ("16h", 57_600_000_000_000),
        ("3h30m", 12_600_000_000_000), ("10.5s4m", 250_500_000_000), ("-2m3.4s", -123_400_000_000),
        ("1h2m3s4ms5us6ns", 3_723_004_005_006), ("39h9m14.425s", 140_954_425_000_000),
        ("52763797000ns", 52_763_797_000), ("0.3333333333333333333h", 1_200_000_000_000),
        ("9007199254740993ns", 9_007_199_254_740_993), ("9223372036854775807ns", Int64.max),
        ("9223372036854775.807us", Int64.max), ("-9223372036854775808ns", Int64.min),
        ("0.100000000000000000000h", 360_000_000_000), ("0.830103483285477580700h", 2_988_372_539_827),
    ] as [(String, Int64)])
    func reads(_ text: String, _ nanoseconds: Int64) {
        #expect(GoDuration(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        ("", .empty), ("-", .empty), ("3", .missingUnit("3")), ("1h30", .missingUnit("30")), ("s", .notANumber("s")),
        (".", .notANumber(".")), ("-.", .notANumber(".")), (".s", .notANumber(".s")), ("+.s", .notANumber(".s")),
        ("1d", .unknownUnit("d")), ("5 m", .unknownUnit(" m")), ("5m ", .unknownUnit("m ")),
        ("five", .notANumber("five")), ("1.2.3s", .missingUnit("1.2")), ("9223372036854775810ns", .tooLong),
        ("9223372036854775808ns", .tooLong), ("-9223372036854775809ns", .tooLong), ("3000000h", .tooLong),
        ("9223372036854ms775us808ns", .tooLong), ("9223372036854775808ns9223372036854775808ns", .tooLong),
        ("1e3s", .unknownUnit("e")), ("--5s", .notANumber("-")), ("1M", .unknownUnit("M")),
    ] as [(String, GoDuration.Malformation)])
    func refuses(_ text: String, _ malformation: GoDuration.Malformation) {
        #expect(GoDuration.parse(text) == .failure(malformation))
        #expect(!malformation.reason.isEmpty && !malformation.hint.isEmpty)
    }

    @Test(arguments: [
        (0, "0s"), (1, "1ns"), (1_100, "1.1µs"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"),
        (245_000_000_000, "4m5s"), (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"),
        (480_000_000_001, "8m0.000000001s"), (3_600_000_000_000, "1h0m0s"), (-1_500_000_000, "-1.5s"),
        (Int64.max, "2562047h47m16.854775807s"), (Int64.min, "-2562047h47m16.854775808s"),
    ] as [(Int64, String)])
    func prints(_ nanoseconds: Int64, _ text: String) {
        #expect(GoDuration(nanoseconds: nanoseconds).description == text)
        #expect(GoDuration(text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        ("30", 30), ("+30", 30), ("-1", -1), ("030", 30), ("10m", 600), ("1h30m", 5_400), ("999ms", 0), ("1.9s", 1),
        ("-1.9s", -1), ("2147483647", Int32.max), ("2147483647s", Int32.max), ("0", 0),
    ] as [(String, Int32)])
    func readsPauses(_ text: String, _ seconds: Int32) {
        #expect(GoDuration.pauseSeconds(text) == .success(seconds))
    }

    @Test(arguments: [
        ("", .empty), ("5 minutes", .unknownUnit(" minutes")), ("2147483648", .missingUnit("2147483648")),
        ("2147483648s", .tooManySeconds), ("1_000", .unknownUnit("_")), ("1.5", .missingUnit("1.5")),
        ("0x10", .unknownUnit("x")),
    ] as [(String, GoDuration.Malformation)])
    func refusesPauses(_ text: String, _ malformation: GoDuration.Malformation) {
        #expect(GoDuration.pauseSeconds(text) == .failure(malformation))
    }

    @Test func secondsBecomeDurations() {
        #expect(GoDuration(seconds: 90).description == "1m30s")
        #expect(GoDuration(seconds: .max).nanoseconds == .max)
        #expect(GoDuration(seconds: .min).nanoseconds == .min)
        #expect(GoDuration("1.5s")?.seconds == 1.5)
    }
}
