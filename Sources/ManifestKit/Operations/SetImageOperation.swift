/// `set-image`: gives containers other images, and so begins an update.
public struct SetImageOperation: RolloutOperation {
    /// One container's new image.
    public struct Image: Hashable, Sendable {
        /// The container's name; `*` for all of them.
        public var container: String
        /// The image.
        public var image: String

        /// Makes an image.
        public init(container: String, image: String) {
            self.container = container
            self.image = image
        }

        /// Reads `container=image`; nil where a part is missing.
        public init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            self.init(container: parts[0], image: parts[1])
        }
    }

    public static let name = "set-image"
    public static let needs: OperationNeeds = [.workload]
    public static let isGuarded = false
    /// The images; of two for one container the last holds.
    public let images: [Image]

    /// Makes the operation.
    public init(_ images: [Image]) { self.images = images }

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        let holder = try subject.templateHolder()
        let template = try subject.template(in: holder)
        let containers = Self.containers(in: template)
        let names = containers.map(\.name)
        for image in images where image.container != "*" && !names.contains(image.container) {
            let near = Spelling.nearestName(to: image.container, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw OperationRefusal(
                "there is no container `\(image.container)`\(holder.note)",
                advice: (names.isEmpty ? "it has none" : "it has \(Wording.all(names))") + near)
        }
        var operations: [JSONValue] = []
        var changes: [String] = []
        for container in containers {
            let wanted = images.last { $0.container == "*" || $0.container == container.name }?.image
            guard let wanted, wanted != container.image else { continue }
            let path = "/" + (holder.path + ["spec", container.list, String(container.place)]).joined(separator: "/")
            // Somebody may have put another container in this place meanwhile.
            operations.append(["op": "test", "path": .string("\(path)/name"), "value": .string(container.name)])
            operations.append(["op": "add", "path": .string("\(path)/image"), "value": .string(wanted)])
            changes.append("\(container.name)=\(wanted)")
        }
        guard !operations.isEmpty else {
            let asked = Set(images.map(\.container))
            let same = containers.filter { asked.contains("*") || asked.contains($0.name) }
            throw OperationRefusal(
                "nothing changes: \(Wording.all(same.map { "\($0.name) has \($0.image)" }))\(holder.note) already")
        }
        return OperationPlan(
            .template(holder, operations),
            "\(changes.joined(separator: ", ")) set\(holder.note); \(subject.outlook())",
            startsMovement: !subject.rollout.spec.isPaused)
    }

    /// A container and where it stands.
    private struct Container {
        var list: String
        var place: Int
        var name: String
        var image: String
    }

    private static func containers(in template: JSONValue) -> [Container] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { list in
            (template["spec"]?[list]?.array ?? []).enumerated().compactMap { place, container in
                container.text("name").map {
                    Container(list: list, place: place, name: $0, image: container.text("image") ?? "")
                }
            }
        }
    }
}
