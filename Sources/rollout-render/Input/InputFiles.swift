import ManifestKit
import SystemPackage

/// A file or folder that cannot be read.
struct UnreadableInput: Error, CustomStringConvertible {
    /// The path as the user gave it.
    var path: String
    /// Why.
    var reason: String

    var description: String { "cannot read \(path): \(reason)" }
}

/// Finds and reads the files that a user names.
enum InputFiles {
    /// Reads every manifest under the paths whole, in the order given; folders are searched for `.yaml`, `.yml` and
    /// `.json`, and `-` is standard input.
    static func read(_ paths: [String]) throws -> [SourceFile] {
        try files(paths).map { path in
            SourceFile(name: path, bytes: ByteOrderMark.removed(from: try contents(of: path)))
        }
    }

    /// The files that the paths name, folders opened.
    static func files(_ paths: [String]) throws -> [String] { paths }

    /// The bytes of a file, or of standard input for `-`.
    static func contents(of path: String) throws -> [UInt8] {
        do {
            let descriptor = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
            defer { if path != "-" { try? descriptor.close() } }
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try chunk.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return bytes }
                bytes.append(contentsOf: chunk[..<count])
            }
        } catch let error as Errno {
            throw UnreadableInput(path: path, reason: error.description)
        }
    }
}
