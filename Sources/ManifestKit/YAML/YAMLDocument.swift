/// One document of a stream, read as far as it can be.
public struct YAMLDocument: Sendable {
    /// The text that it was read from.
    public let source: SourceFile
    /// Its bytes, from the `---` line if there is one.
    public let range: Range<Int>
    /// Its number in the file, from 0.
    public let index: Int
    /// Its value, or nil where it is empty or its syntax is wrong.
    public let root: YAMLNode?
    /// What is wrong with it as YAML.
    public let faults: [YAMLFault]

    /// The template that `helm template` names in a `# Source:` comment above it.
    public var origin: String? {
        let mark = Array("# Source: ".utf8)
        var line = source.lineIndex(of: range.lowerBound)
        let last = root.map { source.lineIndex(of: $0.range.lowerBound) } ?? line + 8
        while line <= last, line < source.lineCount {
            let range = source.lineRange(line)
            if source.bytes[range].starts(with: mark) {
                return source.text(range.lowerBound + mark.count..<range.upperBound)
            }
            line += 1
        }
        return nil
    }
}
