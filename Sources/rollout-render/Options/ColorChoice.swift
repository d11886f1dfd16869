import ArgumentParser

/// Whether text is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set.
    case auto
    case always
    case never

    /// The decision for standard output.
    var isColored: Bool { isColored(where: Terminal.canDraw) }

    /// The decision for standard error, which may lead elsewhere.
    var isColoredOnStandardError: Bool { isColored(where: Terminal.standardErrorCanDraw) }

    private func isColored(where canDraw: Bool) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto: canDraw && (Environment.value("NO_COLOR") ?? "").isEmpty
        }
    }
}
