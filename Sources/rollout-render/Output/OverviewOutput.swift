import ArgumentParser
import ManifestKit
import RolloutRuntime

/// How what is read from a cluster is written.
enum OverviewFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case wide
    case json
    case yaml

    /// Whether a program reads it.
    var isData: Bool { self == .json || self == .yaml }
}

/// The options of the commands that show something of a cluster.
struct OverviewOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to write it; with --watch, json is a line for each change.")
    var output = OverviewFormat.text

    @Option(help: "Colour the text.")
    var color = ColorChoice.auto

    /// The style for standard output.
    func style(showsAll: Bool = false) -> OverviewStyle {
        OverviewStyle(width: Terminal.width, isWide: output == .wide, showsAll: showsAll)
    }
}

/// Writes what is seen of a cluster, once or as it changes.
struct OverviewOutput {
    private let options: OverviewOptions
    private var screen: LiveScreen?
    private var last: String?

    init(_ options: OverviewOptions) {
        self.options = options
        let redraws = Terminal.canDraw && !options.output.isData
        screen = redraws ? LiveScreen(isColored: options.color.isColored) : nil
    }

    /// Whether what is shown is drawn anew in its place, so that ages in it can go on.
    var redraws: Bool { screen != nil }

    /// Writes lines once.
    func write(_ lines: [StyledLine]) throws {
        try StandardOutput.write(StyledText.text(lines, isColored: options.color.isColored))
    }

    /// Writes a value once, as JSON or YAML.
    func write(_ value: JSONValue) throws {
        let text = options.output == .yaml ? YAMLEmitter.text(value) : JSONWriter.text(value, layout: .pretty)
        try StandardOutput.write(text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Shows lines in the place of those before; where nothing can be drawn over, a block for each change.
    ///
    /// - Parameter key: What has to differ for lines to be written once more; ages are none of it.
    mutating func show(_ lines: [StyledLine], key: String, time: KubernetesTime) throws {
        if screen != nil {
            try screen?.draw(lines)
        } else if key != last {
            let heading = StyledLine("--- \(time)", .dim)
            try write((last == nil ? [] : [StyledLine()]) + [heading] + lines)
            last = key
        }
    }

    /// Writes a value where it differs from the one before: JSON on a line, or a YAML document.
    mutating func show(_ value: JSONValue) throws {
        let text = options.output == .yaml ? YAMLEmitter.text(value) : JSONWriter.text(value)
        guard text != last else { return }
        let prefix = options.output == .yaml && last != nil ? "---\n" : ""
        try StandardOutput.write(prefix + (text.hasSuffix("\n") ? text : text + "\n"))
        last = text
    }

    /// Gives the terminal back.
    func end() { screen?.end() }
}
