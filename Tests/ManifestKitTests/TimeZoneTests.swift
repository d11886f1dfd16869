import Testing

@testable import ManifestKit

/// Times on the clocks of a zone are what Go's `time` makes of them, as conditions and notifications have them.
@Suite struct TimeZoneTests {
    /// A change of a zone's clocks: when, and to which kind of time.
    typealias Change = (moment: Int64, kind: UInt8)
    /// A kind of time: how far from UTC, whether it is daylight saving time, and its name.
    typealias Kind = (offset: Int32, isDaylightSaving: Bool, name: String)

    /// A file of the zone database, of version 2 or later.
    static func file(_ changes: [Change] = [], _ kinds: [Kind], continuation: String) -> [UInt8] {
        func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
            withUnsafeBytes(of: number.bigEndian) { Array($0) }
        }
        func header(_ counts: [UInt32]) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts.flatMap { bytes($0) }
        }
        let names = kinds.map { Array($0.name.utf8) + [0] }
        // The first block is for readers of 32 bits, and today's files leave it as good as empty.
        var file = header([0, 0, 0, 0, 1, 1]) + [0, 0, 0, 0, 0, 0, 0]
        file += header([0, 0, 0, UInt32(changes.count), UInt32(kinds.count), UInt32(names.joined().count)])
        file += changes.flatMap { bytes($0.moment) } + changes.map(\.kind)
        var position = 0
        for (kind, name) in zip(kinds, names) {
            file += bytes(kind.offset) + [kind.isDaylightSaving ? 1 : 0, UInt8(position)]
            position += name.count
        }
        return file + names.joined() + Array("\n\(continuation)\n".utf8)
    }

    /// Zones that go by a rule alone, and one whose rule came late.
    static let zones = TimeZones { name in
        let rules = [
            "Europe/Zurich": "CET-1CEST,M3.5.0,M10.5.0/3", "Asia/Kolkata": "IST-5:30",
            "America/New_York": "EST5EDT,M3.2.0,M11.1.0", "America/Sao_Paulo": "<-03>3",
            "Australia/Lord_Howe": "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
        ]
        if name == "Europe/Istanbul" {
            return TimeZoneRules(name: name, file: file(
                [(1_459_040_400, 1), (1_473_195_600, 2)], [(7200, false, "EET"), (10_800, true, "EEST"), (10_800, false, "+03")],
                continuation: "<+03>-3"))
        }
        return rules[name].flatMap {
            TimeZoneRules(name: name, file: file([(.min, 0)], [(0, false, "LMT")], continuation: $0))
        }
    }

    /// 2023-11-14T22:13:20Z.
    static let now = PresentMoment(seconds: 1_700_000_000, zones: zones)

    @Test(arguments: [
        "now().Hour() == 22", "now().In(timezone('Europe/Zurich')).Hour() == 23",
        "now(timezone('Asia/Kolkata')).Format('Mon 15:04 -07:00 Z0700 MST') == 'Wed 03:43 +05:30 +0530 IST'",
        "now().In(timezone('America/Sao_Paulo')).Format('-07 MST') == '-03 -03'",
        "now(timezone('America/New_York')).Weekday() == 2", "now(timezone('Asia/Kolkata')).Day() == 15",
        "now(timezone('Europe/Zurich')) == now()", "now(timezone('Asia/Kolkata')) - now() == duration('0s')",
        "string(now(timezone('Europe/Zurich'))) == '2023-11-14 23:13:20 +0100 CET'",
        "string(now()) == '2023-11-14 22:13:20 +0000 UTC'",
        "toJSON(now(timezone('Europe/Zurich'))) == '\"2023-11-14T23:13:20+01:00\"'",
        "timezone('Europe/Zurich').String() == 'Europe/Zurich'", "timezone('') == timezone('UTC')",
        "now(timezone('Europe/Zurich')).Location() == timezone('Europe/Zurich')", "timezone('UTC') != nil",
        "now(timezone('Europe/Zurich')).UTC().Hour() == 22", "now(timezone('Europe/Zurich')).Local().Hour() == 22",
        // A length of time later the clocks may have changed.
        "(date(timezone('Europe/Zurich'), '2023-03-26 01:30:00') + duration('1h')).Hour() == 3",
        "date(timezone('Europe/Zurich'), '2023-03-25 12:00:00').AddDate(0, 0, 1).Format('15:04 MST') == '12:00 CEST'",
        "date('2023-01-31').AddDate(0, 1, 0).Format('2006-01-02') == '2023-03-03'",
        "date('2023-01-31').AddDate(-1, -13, 1).Format('2006-01-02') == '2021-01-01'",
        "date(timezone('Europe/Zurich'), '2023-07-14').IsDST() and !now(timezone('Europe/Zurich')).IsDST()",
        "now().Truncate(duration('24h')).Format('15:04:05') == '00:00:00'", "now().UnixMicro() == 1700000000000000",
        "now().Compare(now() + duration('1ns')) == -1", "date('0001-01-01').IsZero()",
        // A time without a zone is one of the zone that is named.
        "date('2023-07-14 10:00:00', '2006-01-02 15:04:05', 'Europe/Zurich').UTC().Hour() == 8",
        "date(timezone('Europe/Zurich'), '2023-07-14').Unix() == 1689285600",
        "date(timezone('America/New_York'), '14 Jul 23 10:00', '02 Jan 06 15:04').UTC().Hour() == 14",
        // An hour that is left out, and one that comes twice.
        "date(timezone('Europe/Zurich'), '2023-03-26 02:30:00').Format('15:04 MST') == '03:30 CEST'",
        "date(timezone('Europe/Zurich'), '2023-10-29 02:30:00').Format('15:04 MST') == '02:30 CET'",
        // What the text itself says of a zone goes before.
        "date(timezone('Europe/Zurich'), '2023-07-14T10:00:00Z').Hour() == 10",
        "date(timezone('Europe/Zurich'), '2023-07-14T10:00:00+02:00').Format('MST') == 'CEST'",
        "date('2023-07-14T10:00:00-03:30').Format('15:04 MST') == '10:00 -0330'",
        "date(timezone('Europe/Istanbul'), 'Thu, 14 Jul 2016 10:00:00 EEST').UTC().Hour() == 7",
        "date('Fri, 14 Jul 2023 10:00:00 EDT').Format('15:04 -0700 MST') == '10:00 +0000 EDT'",
    ])
    func conditionsKnowZones(_ condition: String) throws {
        #expect(try Expression.holds(condition, result: .null, now: Self.now).get())
    }

    @Test(arguments: [
        ("timezone('Europe/Nowhere') == nil", "Europe/Nowhere"), ("timezone('../etc/passwd') == nil", "../etc/passwd"),
        ("timezone('/etc/localtime') == nil", "/etc/localtime"), ("date('2023-07-14', '2006-01-02', 'X') > now()", "X"),
        ("now().In('Europe/Zurich') > now()", "a text"), ("now().AddDate(0, 1) > now()", "AddDate"),
        ("now().AddDate(0, 9223372036854775807, 0) > now()", "AddDate"),
    ])
    func whatCannotBeToldIsSaid(_ condition: String, _ word: String) {
        #expect {
            _ = try Expression.holds(condition, result: .null, now: Self.now).get()
        } throws: { error in
            (error as? ExpressionFailure)?.message.contains(word) == true
        }
    }

    @Test(arguments: [
        ("{{dateInZone \"15:04 MST\" now \"Europe/Zurich\"}}", "23:13 CET"),
        ("{{date_in_zone \"15:04\" now \"Asia/Kolkata\"}}", "03:43"), ("{{htmlDateInZone now \"Asia/Kolkata\"}}", "2023-11-15"),
        // As sprig has it: a message with a time in UTC is better than none.
        ("{{dateInZone \"15:04 MST\" now \"Europe/Nowhere\"}}", "22:13 UTC"),
        ("{{(now.In (now.Location)).Format \"15:04\"}}", "22:13"),
        ("{{toDate \"02.01.2006 15:04\" \"14.07.2023 10:05\" | unixEpoch}}", "1689329100"),
    ])
    func notificationsKnowZones(_ template: String, _ text: String) throws {
        #expect(try GoTemplate(template).rendered(.null, now: Self.now) == text)
    }

    @Test(arguments: [
        // The last hour before a change and the first behind it, on both halves of the earth.
        ("Europe/Zurich", 1_679_792_399, "CET"), ("Europe/Zurich", 1_679_792_400, "CEST"),
        ("Europe/Zurich", 1_698_541_199, "CEST"), ("Europe/Zurich", 1_698_541_200, "CET"),
        ("America/New_York", 1_678_604_399, "EST"), ("America/New_York", 1_678_604_400, "EDT"),
        ("America/New_York", 1_699_163_999, "EDT"), ("America/New_York", 1_699_164_000, "EST"),
        ("Australia/Lord_Howe", 1_680_361_199, "+11"), ("Australia/Lord_Howe", 1_680_361_200, "+1030"),
        ("Australia/Lord_Howe", 1_696_087_799, "+1030"), ("Australia/Lord_Howe", 1_696_087_800, "+11"),
        // Listed changes, what was before the first of them, and what is behind the last.
        ("Europe/Istanbul", 0, "EET"), ("Europe/Istanbul", 1_459_040_400, "EEST"), ("Europe/Istanbul", 1_700_000_000, "+03"),
        ("Europe/Zurich", .max, "CET"), ("Europe/Istanbul", .min, "EET"),
    ] as [(String, Int64, String)])
    func clocksChangeToTheSecond(_ name: String, _ seconds: Int64, _ abbreviation: String) throws {
        let period = try Self.zones.zone(name).period(at: seconds)
        #expect(period.abbreviation == abbreviation)
        #expect(period.range.contains(seconds) || seconds == .max)
    }

    @Test(arguments: [
        // Daylight saving time all the year, days counted with and without 29 February, a change on the day before.
        ("XXX3EDT4,0/0,J365/23", 1_700_000_000, "EDT"), ("A1B,J60/0,J300/0", 1_709_254_799, "A"),
        ("AAA0BBB,J60/0,J300/0", 1_709_251_199, "AAA"), ("AAA0BBB,J60/0,J300/0", 1_709_251_200, "BBB"),
        ("AAA0BBB,59/0,300/0", 1_709_164_800, "BBB"), ("AAA0BBB,M3.5.0/-1,M10.5.0", 1_711_839_600, "BBB"),
        ("AAA0BBB,M3.5.0/-1,M10.5.0", 1_711_839_599 - 3600, "AAA"),
    ] as [(String, Int64, String)])
    func rulesOfEverySortAreRead(_ rule: String, _ seconds: Int64, _ abbreviation: String) throws {
        #expect(try #require(TimeZoneContinuation(rule)).period(at: seconds).abbreviation == abbreviation)
    }

    @Test(arguments: [
        "", "CET", "-1", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0",
        "<CET-1", "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-9999999999999999999", "CET-1CEST,J0,J5",
    ])
    func whatIsNoRuleIsNone(_ text: String) { #expect(TimeZoneContinuation(text) == nil) }

    @Test func aDamagedFileIsNoZone() throws {
        let whole = Self.file([(0, 1), (10, 0)], [(0, false, "A"), (3600, true, "B")], continuation: "A0")
        let zone = try #require(TimeZoneRules(name: "Z", file: whole))
        #expect([-1, 0, 9, 10].map { zone.period(at: $0).abbreviation } == ["A", "B", "B", "A"])
        let rule = Array("\nA0\n".utf8).count
        for count in 0..<(whole.count - rule) {
            #expect(TimeZoneRules(name: "Z", file: Array(whole.prefix(count))) == nil)
        }
        for position in whole.indices {
            for byte: UInt8 in [0, 1, 0x7F, 0xFF] {
                var damaged = whole
                damaged[position] = byte
                // Whatever it says, it is read without a fault and gives an answer.
                _ = TimeZoneRules(name: "Z", file: damaged)?.period(at: 5)
            }
        }
        #expect(TimeZoneRules(name: "Z", file: Self.file([(10, 0), (0, 1)], [(0, false, "A"), (0, true, "B")], continuation: "")) == nil)
        #expect(TimeZoneRules(name: "Z", file: Self.file([(10, 2)], [(0, false, "A")], continuation: "")) == nil)
    }
}
