/// What a file of the zone database holds, in the format TZif of RFC 9636.
struct TimeZoneFile {
    private(set) var transitions: [Int64] = []
    private(set) var kindIndexes: [Int] = []
    private(set) var kinds: [TimeZoneRules.Period] = []
    private(set) var continuation: TimeZoneContinuation?

    /// How many entries of each sort a block has.
    private struct Counts {
        var universal: Int, standard: Int, leaps: Int, transitions: Int, kinds: Int, characters: Int

        func byteCount(timeWidth: Int) -> Int {
            transitions * (timeWidth + 1) + kinds * 6 + characters + leaps * (timeWidth + 4) + standard + universal
        }
    }

    /// Reads a file; nil where it is none or is damaged.
    init?(_ file: [UInt8]) {
        var rest = file[...]
        guard let first = Self.header(&rest) else { return nil }
        var counts = first.counts
        var width = 4
        if first.version >= UInt8(ascii: "2") {
            // The times of the first block have 32 bits only; the same with 64 bits stands behind it.
            guard rest.count >= counts.byteCount(timeWidth: 4) else { return nil }
            rest = rest.dropFirst(counts.byteCount(timeWidth: 4))
            guard let second = Self.header(&rest) else { return nil }
            counts = second.counts
            width = 8
        }
        guard rest.count >= counts.byteCount(timeWidth: width), counts.kinds > 0 else { return nil }
        for _ in 0..<counts.transitions { transitions.append(Self.number(&rest, width)) }
        for _ in 0..<counts.transitions { kindIndexes.append(Int(rest.removeFirst())) }
        var fields: [(offset: Int64, isDaylightSaving: Bool, name: Int)] = []
        for _ in 0..<counts.kinds {
            fields.append((Self.number(&rest, 4), rest.removeFirst() != 0, Int(rest.removeFirst())))
        }
        let names = rest.prefix(counts.characters)
        for field in fields {
            guard field.name < names.count else { return nil }
            kinds.append(.init(
                offset: field.offset,
                abbreviation: String(decoding: names.dropFirst(field.name).prefix { $0 != 0 }, as: UTF8.self),
                isDaylightSaving: field.isDaylightSaving))
        }
        let isOrdered = zip(transitions, transitions.dropFirst()).allSatisfy { $0 < $1 }
        guard isOrdered, kindIndexes.allSatisfy({ $0 < counts.kinds }) else { return nil }
        rest = rest.dropFirst(counts.characters + counts.leaps * (width + 4) + counts.standard + counts.universal)
        guard rest.popFirst() == UInt8(ascii: "\n") else { return }
        continuation = TimeZoneContinuation(String(decoding: rest.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func header(_ rest: inout ArraySlice<UInt8>) -> (version: UInt8, counts: Counts)? {
        guard rest.count >= 44, rest.starts(with: Array("TZif".utf8)) else { return nil }
        let version = rest[rest.startIndex + 4]
        rest = rest.dropFirst(20)
        let counts = (0..<6).map { _ in Int(number(&rest, 4)) }
        // No zone has more; so nothing here grows beyond what the file can hold.
        guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        return (version, Counts(
            universal: counts[0], standard: counts[1], leaps: counts[2], transitions: counts[3], kinds: counts[4],
            characters: counts[5]))
    }

    /// Takes a number of so many bytes, the greatest first, with its sign.
    private static func number(_ rest: inout ArraySlice<UInt8>, _ width: Int) -> Int64 {
        var bits: UInt64 = 0
        for byte in rest.prefix(width) { bits = bits << 8 | UInt64(byte) }
        rest = rest.dropFirst(width)
        return width == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
    }
}
