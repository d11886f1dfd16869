import ManifestKit
import SystemPackage

/// A configuration, and the folder that its paths count from.
struct FoundConfiguration: Sendable {
    /// What the file says.
    let configuration: Configuration
    /// The folder that it is in.
    let folder: FilePath

    /// Whether it says to leave a file alone.
    func ignores(_ path: FilePath) -> Bool {
        guard !configuration.ignored.isEmpty else { return false }
        var relative = path
        guard relative.removePrefix(folder) else { return false }
        let text = relative.string
        return configuration.ignored.contains { $0.matches(text) }
    }
}

/// Finds the `.rollout-render.yaml` that each file belongs to: the nearest from its folder upwards.
struct ConfigurationFiles {
    /// What is wrong in the files that were read.
    private(set) var faults: [Configuration.Fault] = []
    private let current = FolderListing.current
    private var byFolder: [FilePath: FoundConfiguration?] = [:]
    private var only: FoundConfiguration?

    /// Looks for files, or takes the one that the user names.
    ///
    /// - Parameter path: The only file to read; its paths count from the folder that it is in.
    init(only path: String?) throws {
        guard let path else { return }
        only = try read(absolute(path), name: path)
    }

    /// The configuration of a file, or nil where there is none.
    mutating func configuration(for file: InputFile) throws -> FoundConfiguration? {
        if let only { return only }
        return try configuration(in: file.isStandardInput ? current : absolute(file.path).removingLastComponent())
    }

    /// The whole path of a file.
    func absolute(_ path: String) -> FilePath { current.pushing(FilePath(path)).lexicallyNormalized() }

    private mutating func configuration(in folder: FilePath) throws -> FoundConfiguration? {
        if let known = byFolder[folder] { return known }
        let path = folder.appending(Configuration.fileName)
        var found: FoundConfiguration?
        if (try? path.stat()) != nil {
            var name = path
            if name.removePrefix(current) {}
            found = try read(path, name: name.string)
        } else if folder.removingLastComponent() != folder, !folder.isEmpty {
            found = try configuration(in: folder.removingLastComponent())
        }
        byFolder[folder] = .some(found)
        return found
    }

    private mutating func read(_ path: FilePath, name: String) throws -> FoundConfiguration {
        let bytes: [UInt8]
        do {
            bytes = try InputFiles.contents(of: path.string)
        } catch let error as UnreadableInput {
            throw UnreadableInput(path: name, reason: error.reason)
        }
        let source = SourceFile(name: name, bytes: ByteOrderMark.removed(from: bytes))
        let (configuration, found) = Configuration.read(source)
        faults += found
        return FoundConfiguration(configuration: configuration, folder: path.removingLastComponent())
    }
}
