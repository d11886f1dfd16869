#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Searches in raw bytes at the speed of the C library.
enum ByteSearch {
    /// The index of the first such byte at or after a position, or nil.
    @inline(__always)
    static func firstIndex(of byte: UInt8, in buffer: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
        guard from < buffer.count, let base = buffer.baseAddress else { return nil }
        guard let found = memchr(base + from, Int32(byte), buffer.count - from) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// The index of the first place at or after a position where a sequence of bytes begins, or nil.
    static func firstIndex(of needle: StaticString, in buffer: UnsafeBufferPointer<UInt8>, from: Int = 0) -> Int? {
        let length = needle.utf8CodeUnitCount
        guard length > 0, from + length <= buffer.count, let base = buffer.baseAddress else { return nil }
        var index = from
        while let candidate = firstIndex(of: needle.utf8Start[0], in: buffer, from: index) {
            guard candidate + length <= buffer.count else { return nil }
            if memcmp(base + candidate, needle.utf8Start, length) == 0 { return candidate }
            index = candidate + 1
        }
        return nil
    }

    /// Whether a sequence of bytes stands anywhere in an array.
    static func contains(_ needle: StaticString, in bytes: [UInt8], range: Range<Int>) -> Bool {
        bytes.withUnsafeBufferPointer {
            firstIndex(of: needle, in: UnsafeBufferPointer(rebasing: $0[range])) != nil
        }
    }
}

/// The mark that some editors put before UTF-8 text.
public enum ByteOrderMark {
    /// The bytes without a leading UTF-8 byte order mark.
    public static func removed(from bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }
}

extension ByteSearch {
    /// Whether two stretches of bytes of equal length are equal.
    @inline(__always)
    static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard left.count > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        return memcmp(leftBase, rightBase, left.count) == 0
    }
}
