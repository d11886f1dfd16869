import Foundation
import Testing

@testable import rollout_render

/// The Dockerfile, as far as it can be judged without an engine for containers.
@Suite struct ImageTests {
    static let dockerfile = (try? String(contentsOf: ProgramRun.root.appending(path: "Dockerfile"), encoding: .utf8)) ?? ""

    /// The instructions with their arguments; continued lines are one.
    static let instructions: [(name: String, arguments: [String])] = {
        let lines = dockerfile.replacing("\\\n", with: " ").split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.compactMap { line in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            return words.first.map { ($0, Array(words.dropFirst())) }
        }
    }()

    /// What distroless/cc has beside the certificates.
    static let sharedLibraries: Set<String> = ["libc", "libm", "libgcc_s", "libstdc++", "ld-linux-x86-64", "ld-linux-aarch64", "linux-vdso"]
    /// What `make build` puts into the program.
    static let linkedIn: Set<String> = ["libyaml-0", "libz"]

    @Test func lastStageIsSmallAndNotRoot() throws {
        let last = try #require(Self.instructions.lastIndex { $0.name == "FROM" })
        let final = Self.instructions[last...]
        #expect(final.first?.arguments == ["${BASE_IMAGE}"])
        #expect(Self.dockerfile.contains("ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:nonroot"))
        // A name could be anybody's number, and Kubernetes would refuse it under runAsNonRoot.
        let user = try #require(final.first { $0.name == "USER" }?.arguments.first)
        let numbers = user.split(separator: ":").compactMap { Int($0) }
        #expect(numbers.count == 2 && numbers.allSatisfy { $0 > 0 }, "\(user)")
        #expect(!final.contains { ["RUN", "ADD", "VOLUME"].contains($0.name) })
        #expect(final.filter { $0.name == "COPY" }.count == 1)
        #expect(final.first { $0.name == "ENTRYPOINT" }?.arguments == ["[\"/rollout-render\"]"])
    }

    @Test func versionIsTheProgramsOwn() {
        #expect(Self.dockerfile.contains("ARG VERSION=\(Version.text)\n"))
    }

    /// What is copied into the build is there, and .dockerignore lets it through.
    @Test func buildHasItsSources() throws {
        let ignored = try String(contentsOf: ProgramRun.root.appending(path: ".dockerignore"), encoding: .utf8).split(separator: "\n")
        #expect(ignored.contains("*"))
        let copied = Self.instructions.filter { $0.name == "COPY" && $0.arguments.first?.hasPrefix("--from") != true }
            .flatMap { $0.arguments.dropLast() }
        #expect(Set(copied) == ["Package.swift", "Package.resolved", "Makefile", "Sources", "Tests"])
        for name in copied {
            #expect(FileManager.default.fileExists(atPath: ProgramRun.root.appending(path: name).path), "\(name)")
            #expect(ignored.contains("!\(name)"), "\(name)")
        }
    }

    private static func libraries(of program: URL) throws -> Set<String> {
        let run = try OutsideRun("/usr/bin/ldd", [program.path])
        #expect(run.code == 0 && !run.output.contains("not found"), "\(run.output)\(run.messages)")
        let names = run.output.split(separator: "\n").compactMap { line in
            line.split(whereSeparator: \.isWhitespace).first?.split(separator: "/").last?.split(separator: ".so").first
        }
        return Set(names.map(String.init))
    }

    private static let hasLdd = FileManager.default.isExecutableFile(atPath: "/usr/bin/ldd")

    /// Without the Swift runtime, which is linked in, the program needs nothing that is not in the image.
    @Test(.enabled(if: hasLdd, "there is no ldd")) func programNeedsNothingElse() throws {
        let runtime = ["libswift", "lib_Foundation", "libFoundation", "libdispatch", "libBlocksRuntime", "libicu", "lib_Testing"]
        let others = try Self.libraries(of: ProgramRun.program).filter { name in !runtime.contains { name.hasPrefix($0) } }
        #expect(others.contains("libc"))
        #expect(others.subtracting(Self.sharedLibraries).subtracting(Self.linkedIn).sorted() == [])
        let makefile = try String(contentsOf: ProgramRun.root.appending(path: "Makefile"), encoding: .utf8)
        #expect(makefile.contains("for name in libyaml.a libz.a;") && makefile.contains("--static-swift-stdlib"))
    }

    static let release = ProgramRun.root.appending(path: ".build/release/rollout-render")

    @Test(.enabled(if: hasLdd && FileManager.default.fileExists(atPath: release.path), "`make build` has not been run"))
    func releasedProgramNeedsNothingElse() throws {
        #expect(try Self.libraries(of: Self.release).subtracting(Self.sharedLibraries).sorted() == [])
    }
}
