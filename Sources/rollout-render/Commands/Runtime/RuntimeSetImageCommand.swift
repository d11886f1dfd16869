import ArgumentParser
import ManifestKit

/// `rollout-render runtime set-image`: gives containers other images.
struct RuntimeSetImageCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-image",
        abstract: "Give containers other images, and so begin an update.",
        discussion: """
            Changes images in the pod template of the Rollout, or of the workload that it refers to.

              rollout-render runtime set-image web app=registry.example.com/web:1.3
              rollout-render runtime set-image web app=web:1.3 sidecar=proxy:2
              rollout-render runtime set-image web '*=web:1.3'

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var argument: RolloutArgument

    @Argument(help: ArgumentHelp(
        "Containers and their images; * is every container, init containers included.", valueName: "container=image"))
    var images: [String]

    @OptionGroup var options: OperationOptions

    func validate() throws {
        var seen: Set<String> = []
        for image in try wanted() where !seen.insert(image.container).inserted {
            throw ValidationError("container '\(image.container)' is named twice")
        }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(SetImageOperation(try wanted()), on: [try argument.name()])
    }

    private func wanted() throws -> [SetImageOperation.Image] {
        try images.map { text in
            guard let image = SetImageOperation.Image(text) else {
                throw ValidationError("'\(text)' is no container=image, such as app=registry.example.com/web:1.3")
            }
            if let problem = image.problem {
                throw ValidationError("the image '\(image.image)' \(problem)")
            }
            return image
        }
    }
}
