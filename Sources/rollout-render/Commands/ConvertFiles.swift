import ManifestKit
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes what a conversion made, so that a crash in the middle leaves every file whole.
enum ConvertFiles {
    /// A file to be written.
    struct File {
        var name: String
        var bytes: [UInt8]
    }

    /// A file or folder that cannot be written.
    struct Unwritable: Error, CustomStringConvertible {
        var path: String
        var reason: String
        var description: String { "cannot write \(path): \(reason)" }
    }

    /// Writes files into a folder under their relative paths; without a folder, one behind the other to standard
    /// output.
    static func write(_ files: [File], to folder: String?) throws {
        guard let folder else {
            let parts = files.map { "# File: \($0.name)\n" + String(decoding: $0.bytes, as: UTF8.self) }
            return try write(stdout: Array(parts.joined(separator: "---\n").utf8))
        }
        var seen: [String: String] = [:]
        for file in files {
            let name = relativePath(file.name)
            if let other = seen.updateValue(file.name, forKey: name) {
                throw Unwritable(
                    path: "\(folder)/\(name)", reason: "\(other) and \(file.name) would both be written there")
            }
        }
        for file in files {
            let path = FilePath(folder).appending(relativePath(file.name))
            try makeFolder(path.removingLastComponent())
            try replace(path.string, with: file.bytes, isNew: true)
        }
    }

    /// The path below an output folder: without a root, and without steps up.
    static func relativePath(_ name: String) -> String {
        guard name != "-" else { return "stdin.yaml" }
        let parts = FilePath(name).lexicallyNormalized().components.map(\.string).filter { $0 != ".." && $0 != "." }
        return parts.joined(separator: "/")
    }

    /// Puts new content in the place of a file at once, by way of a temporary file beside it; permissions stay.
    static func replace(_ name: String, with bytes: [UInt8], isNew: Bool) throws {
        let path = isNew ? FilePath(name) : try resolved(name)
        var bytes = bytes
        var permissions = FilePermissions(rawValue: 0o644)
        if let status = status(of: path) {
            permissions = FilePermissions(rawValue: CModeT(status.st_mode & 0o7777))
            if !isNew, hasByteOrderMark(path) { bytes = [0xEF, 0xBB, 0xBF] + bytes }
        }
        let temporary = path.removingLastComponent().appending(
            ".\(path.lastComponent?.string ?? "file").\(getpid()).tmp")
        do {
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate], permissions: permissions)
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            _ = chmod(temporary.string, mode_t(permissions.rawValue))
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            _ = unlink(temporary.string)
            throw Unwritable(path: name, reason: error.description)
        }
    }

    /// Writes to standard output.
    static func write(stdout bytes: [UInt8]) throws {
        do {
            _ = try FileDescriptor.standardOutput.writeAll(bytes)
        } catch let error as Errno {
            throw Unwritable(path: "standard output", reason: error.description)
        }
    }

    /// Writes a line to standard error.
    static func printError(_ text: String, terminator: String = "\n") {
        _ = try? FileDescriptor.standardError.writeAll((text + terminator).utf8)
    }

    // MARK: The file system

    /// The file behind symbolic links, so that a link stays one.
    private static func resolved(_ name: String) throws -> FilePath {
        guard let real = realpath(name, nil) else {
            throw Unwritable(path: name, reason: Errno(rawValue: errno).description)
        }
        defer { free(real) }
        return FilePath(String(cString: real))
    }

    private static func status(of path: FilePath) -> stat? {
        var status = stat()
        return stat(path.string, &status) == 0 ? status : nil
    }

    /// The reader takes a byte order mark off; the file keeps it.
    private static func hasByteOrderMark(_ path: FilePath) -> Bool {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly) else { return false }
        defer { try? descriptor.close() }
        var start = [UInt8](repeating: 0, count: 3)
        let count = (try? start.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
        return count == 3 && start == [0xEF, 0xBB, 0xBF]
    }

    private static func makeFolder(_ path: FilePath) throws {
        guard !path.isEmpty, status(of: path) == nil else { return }
        try makeFolder(path.removingLastComponent())
        guard mkdir(path.string, 0o755) == 0 || errno == EEXIST else {
            throw Unwritable(path: path.string, reason: Errno(rawValue: errno).description)
        }
    }
}

private typealias CModeT = CInterop.Mode
