import Foundation
import ManifestKit
import Testing

@testable import rollout_render

/// `rollout-render rules --routers` and the page made from it.
@Suite struct RouterCatalogTests {
    @Test func pageIsNotStale() throws {
        let page = try String(contentsOf: ProgramRun.root.appending(path: "docs/routers.md"), encoding: .utf8)
        #expect(page == RouterCatalog.markdown, "docs/routers.md is stale; `make docs` writes it")
    }

    @Test func everyRouterHasALine() throws {
        let run = try ProgramRun(["rules", "--routers", "--color", "never"])
        #expect(run.code == 0)
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == TrafficRouterCapabilities.all.count + 1)
        for router in TrafficRouters.all {
            #expect(lines.contains { $0.hasPrefix(router.capabilities.name + "  ") }, "\(router)")
        }
        let alb = try #require(lines.first { $0.hasPrefix("AWS ALB ") })
        #expect(alb.split(separator: " ").dropFirst(2) == [
            "alb", "exact", "-", "-", "yes", "yes", "yes", "unless", "pingPong",
        ])
    }

    /// What the table calls a field is what people write.
    @Test(arguments: [[], ["-o", "json"]]) func fieldsAreWhatPeopleWrite(_ options: [String]) throws {
        let output = try ProgramRun(["rules", "--routers", "--color", "never"] + options).output
        for name in ["contour", "gatewayAPI", "openshift"] {
            #expect(output.contains("plugins.argoproj-labs/\(name)"))
            let words = output.split { " \n\",:".contains($0) }
            #expect(!words.contains(Substring(name)))
        }
    }

    @Test func routersAreJSONToo() throws {
        let run = try ProgramRun(["rules", "--routers", "-o", "json"])
        let routers = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
        let istio = try #require(routers?.first { $0["field"] as? String == "istio" })
        #expect(istio["mirrorRoutes"] as? Bool == true && istio["verification"] as? Bool == false)
    }

    @Test(arguments: [["rules", "--routers", "RR0002"], ["rules", "--routers", "--markdown-table"]])
    func whatDoesNotFitIsRefused(_ arguments: [String]) throws {
        #expect(try ProgramRun(arguments).code == 2)
    }
}
