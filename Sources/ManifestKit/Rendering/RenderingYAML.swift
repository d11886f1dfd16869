/// The objects of every step as one stream of YAML documents.
public enum RenderingYAML: RenderingView {
    public static let name = "yaml"
    public static let summary = "the objects at every step and what it starts, as YAML"

    public static func text(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> String {
        var emitter = YAMLEmitter()
        for step in rendering.steps {
            let title = "Rollout \(rendering.fullName), \(rendering.title(of: step))"
            let objects = step.objects + step.starts
            if !objects.isEmpty { emitter.append("---\n") }
            emitter.append("# \(RenderingWords.shown(title))\n")
            for (position, object) in objects.enumerated() {
                if position > 0 { emitter.append("---\n") }
                emitter.write(object)
            }
        }
        return String(decoding: emitter.output, as: UTF8.self)
    }

    public static func whole(_ parts: [RenderingPart], style: RenderingStyle) -> String {
        parts.map(\.text).joined()
    }
}

/// The objects of every step as files: a folder a Rollout, in it a folder a step, in it a file an object.
public enum RenderingFolders {
    /// A file to write.
    public struct File: Hashable, Sendable {
        /// The names of the folders that it is in, and its own.
        public var path: [String]
        /// What it holds.
        public var text: String
    }

    /// The files in their order; no two have the same path, and no name leads out of its folder.
    public static func files(of renderings: [RolloutRendering]) -> [File] {
        var rolloutNames = UniqueNames()
        return renderings.flatMap { rendering -> [File] in
            let namespace = rendering.namespace.map { "\($0)." } ?? ""
            let folder = rolloutNames.name(for: "\(namespace)\(rendering.rollout)")
            let width = String(rendering.steps.count - 1).utf8.count
            return rendering.steps.enumerated().flatMap { position, step -> [File] in
                let digits = String(position)
                let padding = String(repeating: "0", count: max(2, width) - digits.utf8.count)
                let stepFolder = "\(padding)\(digits)-\(safeName(step.step))"
                var names = UniqueNames()
                return (step.objects + step.starts).map { object in
                    let name = names.name(for: "\(object.objectKind.lowercased())-\(object.objectName)")
                    return File(path: [folder, stepFolder, name + ".yaml"], text: YAMLEmitter.text(object))
                }
            }
        }
    }

    /// A text as the name of a file: letters, digits, dots, dashes and underscores, and never one that hides or climbs.
    static func safeName(_ text: String) -> String {
        var name = ""
        for scalar in text.unicodeScalars.prefix(120) {
            let isSafe = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isSafe || scalar == "_" || scalar == "." && !name.isEmpty {
                name.unicodeScalars.append(scalar)
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        while name.hasSuffix("-") || name.hasSuffix(".") { name.removeLast() }
        return name.isEmpty ? "unnamed" : name
    }

    /// Gives each text a safe name that no other has, whatever a file system makes of upper and lower case.
    private struct UniqueNames {
        private var taken: Set<String> = []

        mutating func name(for text: String) -> String {
            let base = safeName(text)
            var name = base
            var number = 2
            while !taken.insert(name.lowercased()).inserted {
                name = "\(base)-\(number)"
                number += 1
            }
            return name
        }
    }
}
