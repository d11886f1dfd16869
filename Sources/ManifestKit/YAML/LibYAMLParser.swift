import CLibYAML

/// libyaml's parser over a stretch of bytes. The bytes must outlive it.
struct LibYAMLParser: ~Copyable {
    /// Where and why libyaml stopped.
    struct Failure {
        var message: String
        /// A character of the text, counted from its start.
        var character: Int
        /// A byte of the text, where libyaml could not even decode it.
        var byte: Int?
        /// Where the construct began that libyaml was reading.
        var contextCharacter: Int?
        var isEncoding: Bool
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let isReady: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        isReady = yaml_parser_initialize(parser) == 1
        if isReady {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        }
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
    }

    /// Reads the next event, which the caller deletes; nil where libyaml fails.
    @inline(__always)
    func next(_ event: inout yaml_event_t) -> Bool { isReady && yaml_parser_parse(parser, &event) == 1 }

    /// Why libyaml stopped.
    var failure: Failure {
        guard isReady else {
            return Failure(message: "out of memory", character: 0, byte: nil, contextCharacter: nil, isEncoding: false)
        }
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "cannot be read as YAML"
        let context = state.context.map { String(cString: $0) + ": " } ?? ""
        switch state.error {
        case YAML_READER_ERROR:
            return Failure(
                message: problem, character: 0, byte: state.problem_offset, contextCharacter: nil, isEncoding: true)
        default:
            return Failure(
                message: context + problem, character: state.problem_mark.index, byte: nil,
                contextCharacter: state.context == nil ? nil : state.context_mark.index, isEncoding: false)
        }
    }
}

/// Turns libyaml's marks, which count characters, into bytes.
struct CharacterOffsets {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isASCII: Bool
    private var character = 0
    private var byte = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        isASCII = Self.isASCII(bytes)
    }

    /// The byte at which a character starts. Near the last one asked for it is quick.
    @inline(__always)
    mutating func byte(of wanted: Int) -> Int { isASCII ? min(wanted, bytes.count) : seek(wanted) }

    private mutating func seek(_ wanted: Int) -> Int {
        while character < wanted, byte < bytes.count {
            byte += 1
            while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
            character += 1
        }
        while character > wanted, byte > 0 {
            byte -= 1
            while byte > 0, bytes[byte] & 0xC0 == 0x80 { byte -= 1 }
            character -= 1
        }
        return byte
    }

    private static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(bytes)
        var index = 0
        while index + 8 <= raw.count {
            if raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            index += 8
        }
        return raw[index...].allSatisfy { $0 < 0x80 }
    }
}
