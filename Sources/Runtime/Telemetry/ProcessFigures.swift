#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the process takes of the machine, as the kernel tells it.
struct ProcessFigures: Sendable {
    /// The time that processors have worked for it, in seconds.
    var processorSeconds: Double
    /// Its memory, in bytes.
    var residentBytes: Int
    /// The memory that it has asked for, in bytes.
    var virtualBytes: Int
    /// How many files and connections are open.
    var openFiles: Int
    /// How many may be.
    var mostOpenFiles: Int

    /// The figures of now; nil where the kernel has no `/proc`.
    static var current: ProcessFigures? {
        guard let stat = (try? WholeFile.text(of: "/proc/self/stat")) ?? nil,
            // The name in parentheses may hold anything.
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let virtual = Int(fields[20]), let pages = Int(fields[21])
        else { return nil }
        var limit = rlimit()
        #if canImport(Glibc)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return ProcessFigures(
            processorSeconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))),
            residentBytes: pages * sysconf(Int32(_SC_PAGESIZE)), virtualBytes: virtual,
            openFiles: entries(of: "/proc/self/fd"), mostOpenFiles: Int(clamping: limit.rlim_cur))
    }

    private static func entries(of folder: String) -> Int {
        guard let handle = opendir(folder) else { return 0 }
        defer { closedir(handle) }
        var count = 0
        while readdir(handle) != nil { count += 1 }
        // Itself, its parent, and the one that is open for counting.
        return max(0, count - 3)
    }
}
