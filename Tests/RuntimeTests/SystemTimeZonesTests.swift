import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// The zones of the system's database are those that Foundation knows.
@Suite struct SystemTimeZonesTests {
    static let hasDatabase = FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Zurich")

    @Test(.enabled(if: hasDatabase, "there is no zone database here"), arguments: [
        "Europe/Zurich", "Europe/London", "America/New_York", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu",
        "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Asia/Tokyo", "America/Santiago", "Etc/GMT+5",
    ])
    func agreesWithFoundation(_ name: String) throws {
        let peer = try #require(TimeZone(identifier: name))
        // Every hundred days and some, from 1970 to 2060.
        for seconds in stride(from: Int64(0), to: 2_840_000_000, by: 9_000_011) {
            let time = Measured.local(ExpressionValue.Instant(seconds: seconds), in: name)
            let offset = peer.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            #expect(time == seconds + Int64(offset), "at \(seconds)")
        }
    }

    @Test func aDirectoryIsNoZone() {
        for name in ["Europe", "Nowhere/City", "posixrules2"] { #expect(Measured.local(.init(seconds: 0), in: name) == nil) }
    }

    private enum Measured {
        /// What the clocks of a zone show, as seconds since 1970; asked as a condition asks.
        static func local(_ instant: ExpressionValue.Instant, in zone: String) -> Int64? {
            let present = PresentMoment(instant, zones: SystemTimeZones.zones)
            guard let expression = try? Expression(
                "date(now(timezone('\(zone)')).Format('2006-01-02 15:04:05')).Unix()", in: .time)
            else { return nil }
            guard case .success(.integer(let seconds)) = expression.value(of: [:], now: present) else { return nil }
            return seconds
        }
    }
}
