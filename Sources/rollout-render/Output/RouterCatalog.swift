import ManifestKit
import RolloutRuntime

/// Describes what the traffic routers can do: as a table, as JSON and as the page `docs/routers.md`.
enum RouterCatalog {
    /// Something that a router can or cannot do.
    private struct Ability {
        var key: String
        var title: String
        var explanation: String
        var isThere: @Sendable (TrafficRouterCapabilities) -> Bool
    }

    private static let abilities = [
        Ability(
            key: "headerRoutes", title: "headers", explanation: "`setHeaderRoute`: requests with certain headers go "
                + "to the canary") { $0.headerRoutes },
        Ability(
            key: "mirrorRoutes", title: "mirrors", explanation: "`setMirrorRoute`: the canary gets copies of requests"
        ) { $0.mirrorRoutes },
        Ability(
            key: "maxTrafficWeight", title: "total", explanation: "`maxTrafficWeight`: shares out of another total "
                + "than 100") { $0.maxTrafficWeight },
        Ability(
            key: "experimentWeights", title: "experiments",
            explanation: "`experiment.templates[].weight`: shares of their own for the versions of an experiment"
        ) { $0.experimentWeights },
        Ability(
            key: "pingPong", title: "ping-pong", explanation: "`pingPong`: two Services change roles, and keep their "
                + "selectors") { $0.pingPong },
        Ability(
            key: "verification", title: "verification",
            explanation: "the controller can ask whether the shares are in force (`--aws-verify-target-group`)"
        ) { $0.verifiesWeights },
    ]

    /// What people write to ask for a router.
    private static func field(of router: TrafficRouterCapabilities) -> String {
        TrafficRouters.all.first { $0.key == router.field }?.field ?? router.field
    }

    private static func needs(_ router: TrafficRouterCapabilities) -> String {
        switch router.services {
        case .always: "always"
        case .unlessPingPong: "unless pingPong"
        case .unlessPingPongOrSubsets: "unless pingPong or subsets"
        case .never: "no"
        }
    }

    private static var rows: [[String]] {
        TrafficRouterCapabilities.all.map { router in
            let marks = abilities.map { ability in
                guard ability.isThere(router) else { return "-" }
                return ability.key == "headerRoutes" && router.exactHeaderValuesOnly ? "exact" : "yes"
            }
            return [router.name, field(of: router)] + marks + [needs(router)]
        }
    }

    private static var titles: [String] { ["Router", "Field"] + abilities.map(\.title) + ["both Services"] }

    /// A line a router.
    static func table(isColored: Bool) -> String {
        let paint = Paint(isColored: isColored)
        let all = [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.enumerated().map { place, row in
            var line = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return (place == 0 ? paint.text(line, .bold) : line) + "\n"
        }.joined()
    }

    /// The routers as a JSON array.
    static var json: String {
        let values = TrafficRouterCapabilities.all.map { router -> JSONValue in
            var value: JSONValue = ["field": .string(field(of: router)), "name": .string(router.name)]
            for ability in abilities { value[ability.key] = .boolean(ability.isThere(router)) }
            value["exactHeaderValuesOnly"] = .boolean(router.exactHeaderValuesOnly)
            value["needsServices"] = .string(needs(router))
            return value
        }
        return JSONWriter.text(.array(values), layout: .pretty) + "\n"
    }

    /// The page `docs/routers.md`.
    static var markdown: String {
        var text = """
            # Traffic routers

            Written by `make docs` from the routers themselves; a test fails when this page is stale.

            All of them divide requests by `setWeight`. `validate` reports what a router cannot do, with its line.


            """
        text += "| " + titles.joined(separator: " | ") + " |\n|" + titles.map { _ in "---|" }.joined() + "\n"
        for row in rows { text += "| \(row[0]) | `\(row[1])` | \(row.dropFirst(2).joined(separator: " | ")) |\n" }
        text += "\n"
        for ability in abilities { text += "- **\(ability.title)**: \(ability.explanation).\n" }
        text += "- **exact**: header values only as a whole, not by prefix or regular expression.\n"
        text += "- **both Services**: whether `canaryService` and `stableService` have to be set.\n"
        return text + istio
    }

    /// What cannot be said in a table.
    private static let istio = """

        ## Istio with its configuration in another cluster

        VirtualServices and DestinationRules are changed in the cluster that the controller works in, and in no other. \
        Argo Rollouts can write to Istio's primary cluster with the credentials of a Secret labelled \
        `\(IstioPrimaryCluster.label)=true`; here a Rollout with Istio is refused (`InvalidSpec`, with the Secret's \
        name) while there is such a Secret, so that nobody takes weights for true which no proxy reads.

        The controller looks for the Secret in its own namespace, where `runtime install` lets it list Secrets if \
        Istio is among the routers, and in all others that it looks after if it has the right to list Secrets there. \
        Where it may not look it says so once in its log, at the first Rollout with Istio: a Secret there is not \
        noticed, and the VirtualServices of the controller's own cluster are changed.

        """
}
