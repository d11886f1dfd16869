import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that are read whole, and written whole or not at all.
enum WholeFile {
    /// A file that cannot be read or written.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The text of a file; nil where there is none.
    static func text(of path: String) throws(Failure) -> String? {
        try bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a file; nil where there is none.
    static func bytes(of path: String) throws(Failure) -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                while true {
                    let part = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                        count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                    }
                    if part.isEmpty { return bytes }
                    bytes += part
                }
            }
        } catch {
            if error as? Errno == .noSuchFileOrDirectory { return nil }
            throw Failure(description: "cannot read \(path): \(error)")
        }
    }

    /// Writes a file beside the wanted one and puts it in its place: nobody ever reads half of it.
    static func write(_ text: String, to path: String, isPrivate: Bool = false) throws(Failure) {
        let fresh = "\(path).\(getpid()).new"
        do {
            let permissions: FilePermissions = isPrivate
                ? .ownerReadWrite : [.ownerReadWrite, .groupRead, .otherRead]
            let file = try FileDescriptor.open(
                FilePath(fresh), .writeOnly, options: [.create, .truncate], permissions: permissions)
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
        } catch {
            unlink(fresh)
            throw Failure(description: "cannot write \(path): \(error)")
        }
        guard rename(fresh, path) == 0 else {
            let reason = Errno(rawValue: errno)
            unlink(fresh)
            throw Failure(description: "cannot write \(path): \(reason)")
        }
    }
}
