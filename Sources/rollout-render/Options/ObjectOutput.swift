import ArgumentParser
import ManifestKit

/// How a command writes the objects that it has changed, where a program reads them.
enum ObjectOutput: String, ExpressibleByArgument, CaseIterable {
    /// `rollout.argoproj.io/web`, a line an object.
    case name
    case json
    case yaml

    /// The text of objects, each with the name that kubectl gives it; several are items of a `List`, as with kubectl.
    func text(of objects: [(name: String, object: JSONValue)]) -> String {
        guard !objects.isEmpty else { return "" }
        if self == .name { return objects.map { $0.name + "\n" }.joined() }
        let shown = objects.map { entry in
            var object = entry.object
            // They are for machines, and longer than everything else.
            object.set(["metadata", "managedFields"], to: nil)
            return object
        }
        let value: JSONValue = shown.count == 1
            ? shown[0] : ["apiVersion": "v1", "kind": "List", "items": .array(shown)]
        return self == .json ? JSONWriter.text(value, layout: .pretty) + "\n" : YAMLEmitter.text(value)
    }
}
