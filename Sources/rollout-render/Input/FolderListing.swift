import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Lists what is in a folder.
enum FolderListing {
    /// The names in a folder, sorted by their bytes, without `.` and `..`.
    static func names(in folder: String) throws(Errno) -> [String] {
        guard let stream = opendir(folder) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The folder that the program was started in.
    static var current: FilePath {
        guard let path = getcwd(nil, 0) else { return FilePath("/") }
        defer { free(path) }
        return FilePath(platformString: path)
    }
}
