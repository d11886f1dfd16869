import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The addresses of this machine that are for the pods of one cluster, for as long as this lives.
///
/// All of 127.0.0.0/8 is this machine. Two clusters that run at the same time do not have the same addresses: a request
/// for the pod of one would be answered by that of the other.
final class PodAddresses: Sendable {
    /// What they begin with: `127.`, a number, and a point.
    let prefix: String
    /// What keeps them from others: a socket on an address of theirs that no pod gets; nil where nothing keeps them.
    private let claim: FileDescriptor?

    /// Finds some that nobody has. Where all are taken, they are shared.
    init() {
        let numbers = (UInt8(64)...254).shuffled()
        for number in numbers {
            switch Self.claim(number) {
            case .success(let file):
                prefix = "127.\(number)."
                claim = file
                return
            case .failure(.addressInUse): continue
            case .failure:
                // Such as on macOS, where of these addresses only 127.0.0.1 is there.
                prefix = "127.\(number)."
                claim = nil
                return
            }
        }
        prefix = "127.\(numbers.first ?? 64)."
        claim = nil
    }

    /// Whether nobody else can have them.
    var isClaimed: Bool { claim != nil }

    deinit { try? claim?.close() }

    /// Binds the port that a node's kubelet has, for datagrams, which nobody sends.
    private static func claim(_ number: UInt8) -> Result<FileDescriptor, Errno> {
        #if canImport(Darwin)
        let kind = SOCK_DGRAM
        #elseif canImport(Glibc)
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        let kind = SOCK_DGRAM | SOCK_CLOEXEC
        #endif
        let file = socket(AF_INET, kind, 0)
        guard file >= 0 else { return .failure(Errno(rawValue: errno)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(10250).bigEndian
        address.sin_addr.s_addr = (127 << 24 | UInt32(number) << 16 | 0xfffe).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let code = errno
        guard result == 0 else {
            close(file)
            return .failure(Errno(rawValue: code))
        }
        return .success(FileDescriptor(rawValue: file))
    }
}
