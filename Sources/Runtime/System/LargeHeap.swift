#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How the memory of a program that runs for months is laid out.
public enum LargeHeap {
    /// Keeps what is freed from being kept: by default glibc has a heap for each thread, and each keeps its own holes.
    public static func settle() {
        #if canImport(Glibc)
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_TRIM_THRESHOLD, 1 << 20)
        _ = mallopt(M_MMAP_THRESHOLD, 1 << 17)
        #endif
    }

    /// Gives back what has become free, as after a long list was read.
    static func trim() {
        #if canImport(Glibc)
        _ = malloc_trim(0)
        #endif
    }
}
