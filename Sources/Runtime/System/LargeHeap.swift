#if canImport(Glibc)
import Glibc
#endif

/// How the memory of a program that runs for months is laid out.
///
/// Swift's module of glibc leaves out `malloc.h`, and other C libraries do not have these functions: they are looked up
/// by name, and where they are not there nothing is done.
public enum LargeHeap {
    #if canImport(Glibc)
    private typealias SetOption = @convention(c) (_ option: Int32, _ value: Int32) -> Int32
    private typealias Trim = @convention(c) (_ pad: Int) -> Int32

    /// glibc's numbers for the options.
    private enum Option: Int32 {
        case trimThreshold = -1, mmapThreshold = -3, arenaMaximum = -8
    }

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
    #endif

    /// Keeps what is freed from being kept: by default glibc has a heap for each thread, and each keeps its own holes.
    public static func settle() {
        #if canImport(Glibc)
        guard let set = function("mallopt", as: SetOption.self) else { return }
        _ = set(Option.arenaMaximum.rawValue, 2)
        _ = set(Option.trimThreshold.rawValue, 1 << 20)
        _ = set(Option.mmapThreshold.rawValue, 1 << 17)
        #endif
    }

    /// Gives back what has become free, as after a long list was read.
    static func trim() {
        #if canImport(Glibc)
        if let trim = function("malloc_trim", as: Trim.self) { _ = trim(0) }
        #endif
    }
}
