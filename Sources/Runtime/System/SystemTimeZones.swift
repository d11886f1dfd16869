import ManifestKit
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The time zones of the system's zone database, each read once.
enum SystemTimeZones {
    /// Where systems have a zone database.
    private static let directories = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"]

    private static let known = Mutex<[String: TimeZoneRules]>([:])

    /// The zones; those of the directory that `ZONEINFO` names come first.
    static let zones = TimeZones { name in
        if let zone = known.withLock({ $0[name] }) { return zone }
        let own = getenv("ZONEINFO").map { [String(cString: $0)] } ?? []
        for directory in own + directories {
            // What cannot be read, or is a directory such as Europe, is no zone.
            guard let file = try? WholeFile.bytes(of: "\(directory)/\(name)"),
                let zone = TimeZoneRules(name: name, file: file)
            else { continue }
            known.withLock { $0[name] = zone }
            return zone
        }
        return nil
    }
}
