/// A place in a file as an editor shows it.
public struct SourceLocation: Hashable, Sendable, Comparable {
    /// The line, from 1.
    public var line: Int
    /// The column, from 1, counted in Unicode scalars.
    public var column: Int
    /// The byte, from 0.
    public var byte: Int

    /// Makes a place.
    public init(line: Int, column: Int, byte: Int) {
        self.line = line
        self.column = column
        self.byte = byte
    }

    public static func < (left: SourceLocation, right: SourceLocation) -> Bool { left.byte < right.byte }
}

/// A stretch of a file, from its first character to behind its last.
public struct SourceSpan: Hashable, Sendable {
    /// The file's name as the user gave it; `-` is standard input.
    public var file: String
    /// The first character.
    public var start: SourceLocation
    /// Behind the last character.
    public var end: SourceLocation

    /// Makes a span.
    public init(file: String, start: SourceLocation, end: SourceLocation) {
        self.file = file
        self.start = start
        self.end = end
    }
}
