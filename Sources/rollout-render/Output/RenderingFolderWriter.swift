import ManifestKit
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes a tree of files whole or not at all.
struct RenderingFolderWriter {
    /// Why a tree was not written.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// A file that says that a folder came from here and may be replaced.
    private static let mark = ".rollout-render"
    private let folder: String

    /// Takes the folder to write, which need not be there.
    init(_ folder: String) throws {
        var path = FilePath(folder)
        path.lexicallyNormalize()
        guard !folder.isEmpty, path.lastComponent?.kind == .regular else {
            throw Failure(description: "cannot write to \(folder): name a folder of its own, for it is replaced whole")
        }
        self.folder = path.string
    }

    /// Writes the files beside the folder, then puts them in its place.
    func write(_ files: [RenderingFolders.File]) throws {
        let isThere = try checkReplaceable()
        let fresh = try temporaryFolder()
        do {
            try write(files, in: fresh)
            try put(fresh, inPlaceOfOld: isThere)
        } catch {
            Self.remove(fresh)
            throw error
        }
    }

    /// Whether the folder is there. One with somebody else's files in it is never replaced.
    private func checkReplaceable() throws -> Bool {
        var status = stat()
        guard lstat(folder, &status) == 0 else {
            if errno == ENOENT { return false }
            throw failure("cannot write to", folder)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Failure(description: "cannot write to \(folder): it is there and is no folder")
        }
        let names: [String]
        do { names = try FolderListing.names(in: folder) } catch { throw failure("cannot read", folder) }
        guard names.isEmpty || names.contains(Self.mark) else {
            let reason = "it holds files that did not come from here; name an empty folder"
            throw Failure(description: "cannot write to \(folder): \(reason)")
        }
        return true
    }

    private func temporaryFolder() throws -> String {
        var parents: [FilePath] = []
        var parent = FilePath(folder).removingLastComponent()
        while !parent.isEmpty, access(parent.string, F_OK) != 0 {
            parents.append(parent)
            parent = parent.removingLastComponent()
        }
        for parent in parents.reversed() {
            guard mkdir(parent.string, 0o755) == 0 else { throw failure("cannot make", parent.string) }
        }
        var template = Array((folder + ".XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw failure("cannot write beside", folder) }
        let path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard chmod(path, 0o755) == 0 else { throw failure("cannot write to", path) }
        return path
    }

    private func write(_ files: [RenderingFolders.File], in root: String) throws {
        try write("Written by rollout-render, which replaces this folder whole.\n", to: "\(root)/\(Self.mark)")
        var made: Set<String> = [root]
        for file in files {
            var path = root
            for name in file.path.dropLast() {
                path += "/\(name)"
                guard made.insert(path).inserted else { continue }
                guard mkdir(path, 0o755) == 0 else { throw failure("cannot make", path) }
            }
            try write(file.text, to: "\(path)/\(file.path.last ?? "unnamed")")
        }
    }

    private func write(_ text: String, to path: String) throws {
        do {
            let file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .exclusiveCreate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch let error as Errno {
            throw Failure(description: "cannot write \(path): \(error.description)")
        }
    }

    private func put(_ fresh: String, inPlaceOfOld isThere: Bool) throws {
        guard isThere else {
            guard rename(fresh, folder) == 0 else { throw failure("cannot make", folder) }
            return
        }
        let old = fresh + ".old"
        guard rename(folder, old) == 0 else { throw failure("cannot replace", folder) }
        guard rename(fresh, folder) == 0 else {
            let reason = failure("cannot replace", folder)
            _ = rename(old, folder)
            throw reason
        }
        Self.remove(old)
    }

    /// Removes a folder that came from here; links in it are removed and not followed.
    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in (try? FolderListing.names(in: path)) ?? [] { remove("\(path)/\(name)") }
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    private func failure(_ what: String, _ path: String) -> Failure {
        Failure(description: "\(what) \(path): \(Errno(rawValue: errno).description)")
    }
}
