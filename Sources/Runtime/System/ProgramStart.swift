import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The start of another program, which gets its standard input, output and error, and nothing else that is open here.
///
/// A connection ends only when nobody holds it any more: the other program would keep those to the cluster, and the
/// ports that this one serves, for as long as it or whatever it has started lives.
struct ProgramStart {
    #if canImport(Darwin)
    typealias FileActions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    #else
    typealias FileActions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    #endif

    /// The program's file.
    var program: String
    var arguments: [String]
    var environment: [String: String]
    /// Whether it has a group of its own, so that what it starts can be ended with it.
    var hasOwnGroup = false

    /// Starts it; a closure says what its standard input, output and error are.
    func process(_ setUp: (inout FileActions) -> Void) throws(Errno) -> pid_t {
        #if canImport(Darwin)
        var (actions, attributes): (FileActions, Attributes) = (nil, nil)
        #else
        var (actions, attributes) = (FileActions(), Attributes())
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setUp(&actions)
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        #if canImport(Darwin)
        flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
        #else
        for file in Self.filesThatMayBeOpen { posix_spawn_file_actions_addclose(&actions, file) }
        #endif
        if hasOwnGroup {
            flags |= POSIX_SPAWN_SETPGROUP
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        // The signals that this program ignores would stay ignored in the other one.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGTERM, SIGINT, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        return try spawn(&actions, &attributes)
    }

    private func spawn(_ actions: inout FileActions, _ attributes: inout Attributes) throws(Errno) -> pid_t {
        let variables = environment.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        var code: Int32 = 0
        for _ in 0..<50 {
            code = Self.withCStrings([program] + arguments) { arguments in
                Self.withCStrings(variables) { variables in
                    posix_spawn(&process, program, &actions, &attributes, arguments, variables)
                }
            }
            // Somebody is still writing the program's file: it was installed just now.
            guard code == ETXTBSY else { break }
            usleep(20_000)
        }
        guard code == 0 else { throw Errno(rawValue: code) }
        return process
    }

    #if !canImport(Darwin)
    /// The numbers of files that are open here, and of as many more as other threads may open meanwhile. To close one
    /// that is free is no error, but one beyond the limit is.
    private static var filesThatMayBeOpen: Range<Int32> {
        let first = STDERR_FILENO + 1
        var end = first
        if let folder = opendir("/proc/self/fd") {
            defer { closedir(folder) }
            while let entry = readdir(folder) {
                let number = withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
                }
                end = max(end, (number ?? 0) + 1)
            }
        }
        end += 1024
        let limit = sysconf(Int32(_SC_OPEN_MAX))
        return first..<max(first, limit > 0 ? Int32(min(Int(end), limit)) : end)
    }
    #endif

    private static func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
    ) -> Value {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("there is a nil at the end") }
            return body(base)
        }
    }
}
