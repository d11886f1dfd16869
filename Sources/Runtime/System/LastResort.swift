import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ends the program where it does not end by itself: what holds it up may be a request that nobody answers.
public enum LastResort {
    /// Ends the program after some seconds, if it is still there.
    public static func end(after seconds: Int, with code: Int32) {
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { _exit(code) }
    }
}
