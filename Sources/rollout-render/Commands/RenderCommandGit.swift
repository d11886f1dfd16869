#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files as they were at a revision, by running `git`.
struct GitRevision {
    /// What git does not do, and its own words for it.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The name of a commit, as the user gave it.
    let revision: String

    /// Takes a revision that git cannot mistake for an option or for a path.
    init(_ revision: String) throws {
        guard !revision.isEmpty, !revision.hasPrefix("-"), !revision.contains(":") else {
            throw Failure(description: "\(revision.isEmpty ? "git: names no revision" : "\(revision) is no revision")")
        }
        self.revision = revision
    }

    /// The file at the revision, or nil where there was none.
    ///
    /// The file's folder is where git runs, so that it need not be where the program was started.
    func contents(of path: String) throws -> [UInt8]? {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let commit = try Self.run(["-C", folder, "rev-parse", "--verify", "--quiet", "\(revision)^{commit}"])
        guard commit.status == 0 else {
            let words = commit.complaint.isEmpty ? "there is no such revision" : commit.complaint
            throw Failure(description: "git cannot read \(revision) for \(path): \(words)")
        }
        let entry = try Self.run(["-C", folder, "ls-tree", "--name-only", revision, "--", "./\(name)"])
        guard entry.status == 0, !entry.output.isEmpty else { return nil }
        let shown = try Self.run(["-C", folder, "show", "\(revision):./\(name)"])
        guard shown.status == 0 else {
            throw Failure(description: "git cannot read \(path) at \(revision): \(shown.complaint)")
        }
        return shown.output
    }

    /// What a run of git came to.
    private struct Outcome {
        var status: Int32
        var output: [UInt8]
        var complaint: String
    }

    private static func run(_ arguments: [String]) throws -> Outcome {
        var output: [Int32] = [-1, -1]
        var complaints: [Int32] = [-1, -1]
        guard pipe(&output) == 0 else { throw Failure(description: "cannot run git: no pipe") }
        defer { close(output[0]) }
        guard pipe(&complaints) == 0 else {
            close(output[1])
            throw Failure(description: "cannot run git: no pipe")
        }
        defer { close(complaints[0]) }
        let started = spawn(["git", "--no-pager"] + arguments, output: output, complaints: complaints)
        close(output[1])
        close(complaints[1])
        guard let child = started else { throw Failure(description: "cannot run git: is it installed?") }
        let bytes = readAll(output[0])
        // What git complains of fits the pipe, so it can wait until the output has ended.
        let words = String(decoding: readAll(complaints[0]), as: UTF8.self)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128
        return Outcome(status: code, output: bytes, complaint: firstLine(of: words))
    }

    private static func spawn(_ words: [String], output: [Int32], complaints: [Int32]) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_adddup2(&actions, complaints[1], 2)
        for descriptor in output + complaints { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        return posix_spawnp(&child, "git", &actions, nil, &arguments, environ) == 0 ? child : nil
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            } else if count == 0 || errno != EINTR {
                return bytes
            }
        }
    }

    private static func firstLine(of text: String) -> String {
        String(text.split(separator: "\n").first ?? "git gave no reason")
    }
}
