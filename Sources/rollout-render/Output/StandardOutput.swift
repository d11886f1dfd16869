import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where reports go.
enum StandardOutput {
    /// A report that cannot be written.
    struct Failure: Error, CustomStringConvertible {
        var reason: String
        var description: String { "cannot write to standard output: \(reason)" }
    }

    /// Makes a reader that goes away an error of `write` and not the program's end.
    static func survivesBrokenPipe() { signal(SIGPIPE, SIG_IGN) }

    /// Writes text. Where the reader has gone (`| head`) the rest is dropped: it has seen what it wanted.
    static func write(_ text: String) throws {
        var text = text
        do {
            try text.withUTF8 { _ = try FileDescriptor.standardOutput.writeAll(UnsafeRawBufferPointer($0)) }
        } catch let error as Errno {
            guard error != .brokenPipe else { return }
            throw Failure(reason: error.description)
        }
    }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}

/// Where manifests come from for `-`.
enum StandardInput {
    /// Whether somebody would have to type them.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }
}

/// Where progress, summaries and complaints go.
enum StandardError {
    /// Writes a line of text; there is nobody to tell where that fails.
    static func write(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = try? FileDescriptor.standardError.writeAll(UnsafeRawBufferPointer($0)) }
    }
}

/// The variables that the caller's shell sets.
enum Environment {
    /// The value of a variable, or nil where it is not set.
    static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// The values of those of these variables that are set.
    static func values(of names: some Sequence<String>) -> [String: String] {
        names.reduce(into: [:]) { values, name in values[name] = value(name) }
    }

    /// All variables, by name.
    static var all: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
