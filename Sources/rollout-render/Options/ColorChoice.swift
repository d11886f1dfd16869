import ArgumentParser

/// Whether text is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set.
    case auto
    case always
    case never

    /// The decision for standard output.
    var isColored: Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            Terminal.canDraw && (Environment.value("NO_COLOR") ?? "").isEmpty
        }
    }
}
