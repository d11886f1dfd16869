import ManifestKit
import SystemPackage

/// A file or folder that cannot be read.
struct UnreadableInput: Error, Hashable, CustomStringConvertible {
    /// The path as the user gave it.
    var path: String
    /// Why.
    var reason: String

    var description: String { "cannot read \(path == "-" ? "standard input" : path): \(reason)" }
}

/// A file to read.
struct InputFile: Hashable, Sendable {
    /// The path as the user gave it, or as it was found in a folder; `-` is standard input.
    let path: String
    /// The bytes that it holds, or nil for what has no size: pipes and terminals.
    let size: Int?

    /// Whether it is standard input.
    var isStandardInput: Bool { path == "-" }
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

    /// The files that the paths name, folders opened; throws at the first that cannot be read.
    static func files(_ paths: [String]) throws -> [String] {
        let search = InputSearch(paths)
        if let first = search.unreadable.first { throw first }
        return search.files.map(\.path)
    }

    /// The bytes of a file, or of standard input for `-`.
    static func contents(of path: String) throws -> [UInt8] {
        do {
            let descriptor = path == "-" ? FileDescriptor.standardInput : try FileDescriptor.open(FilePath(path), .readOnly)
            defer { if path != "-" { try? descriptor.close() } }
            var bytes: [UInt8] = []
            while try descriptor.append(to: &bytes, atMost: 1 << 16) > 0 {}
            return bytes
        } catch let error as Errno {
            throw UnreadableInput(path: path, reason: error.description)
        }
    }
}

extension FileDescriptor {
    /// Reads once and adds what came to an array; the number of bytes, 0 at the end.
    func append(to bytes: inout [UInt8], atMost limit: Int) throws -> Int {
        let chunk = try [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        return chunk.count
    }
}

/// Opens the folders among a user's paths.
struct InputSearch {
    /// The files in the order of the paths, each once, those of a folder sorted by name.
    private(set) var files: [InputFile] = []
    /// What is not there or cannot be opened.
    private(set) var unreadable: [UnreadableInput] = []
    private var seen: Set<Identity> = []

    /// Which file it is, whatever its path.
    private struct Identity: Hashable {
        var device: DeviceID
        var inode: Inode
    }

    /// Looks at every path.
    init(_ paths: [String]) {
        for path in paths {
            if path == "-" {
                if !files.contains(where: \.isStandardInput) { files.append(InputFile(path: "-", size: nil)) }
            } else {
                add(path)
            }
        }
    }

    private mutating func add(_ path: String) {
        do {
            let status = try FilePath(path).stat()
            switch status.type {
            case .directory: try open(path, status)
            case .regular: take(path, status)
            default: files.append(InputFile(path: path, size: nil))
            }
        } catch {
            unreadable.append(UnreadableInput(path: path, reason: error.description))
        }
    }

    private mutating func take(_ path: String, _ status: Stat) {
        guard seen.insert(Identity(device: status.deviceID, inode: status.inode)).inserted else { return }
        files.append(InputFile(path: path, size: Int(status.size)))
    }

    /// Adds what is in a folder. Hidden folders are left out, and so are links to folders, which may lead anywhere.
    private mutating func open(_ folder: String, _ status: Stat) throws(Errno) {
        guard seen.insert(Identity(device: status.deviceID, inode: status.inode)).inserted else { return }
        let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
        for name in try FolderListing.names(in: folder) {
            let path = prefix + name
            do {
                let status = try FilePath(path).stat(followTargetSymlink: false)
                switch status.type {
                case .directory:
                    if !name.hasPrefix(".") { try open(path, status) }
                case .regular, .symbolicLink:
                    if Self.isManifest(name) { try takeFound(path) }
                default:
                    break
                }
            } catch {
                unreadable.append(UnreadableInput(path: path, reason: error.description))
            }
        }
    }

    private mutating func takeFound(_ path: String) throws(Errno) {
        let status = try FilePath(path).stat()
        if status.type == .regular { take(path, status) }
    }

    private static func isManifest(_ name: String) -> Bool {
        guard name != Configuration.fileName else { return false }
        let lower = name.lowercased()
        return lower.hasSuffix(".yaml") || lower.hasSuffix(".yml") || lower.hasSuffix(".json")
    }
}
