import Foundation
import Testing

/// `terminate`, and `retry` of Experiments, by the built program on a cluster with a controller.
@Suite(.timeLimit(.minutes(5))) struct TrialCommandTests {
    static let objects = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: broken}
        spec:
          metrics:
          - name: down
            provider: {web: {url: "http://127.0.0.1:1/", jsonPath: "{$}"}}
            consecutiveErrorLimit: 0
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisRun
        metadata: {name: endless}
        spec:
          metrics:
          - name: down
            interval: 1h
            consecutiveErrorLimit: 9
            provider: {web: {url: "http://127.0.0.1:1/", jsonPath: "{$}"}}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Experiment
        metadata: {name: lasting}
        spec: {templates: [{name: one, selector: {matchLabels: {app: one}}, template: {metadata: {labels: {app: one}},
          spec: {containers: [{name: web, image: "web:1"}]}}}]}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Experiment
        metadata: {name: failing}
        spec:
          analyses: [{name: broken, templateName: broken}]
          templates: [{name: two, selector: {matchLabels: {app: two}}, template: {metadata: {labels: {app: two}},
            spec: {containers: [{name: web, image: "web:1"}]}}}]

        """

    let cluster: RunningCluster

    init() throws {
        cluster = try RunningCluster()
        let applied = try cluster.run(["runtime", "apply", "-"], input: Self.objects)
        try #require(applied.code == 0, "\(applied.messages)")
    }

    /// An object, from the API itself.
    func object(_ kind: String, _ name: String) async throws -> [String: Any] {
        let text = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
        let server = try #require(text.firstMatch(of: /server: (\S+)/).map { String($0.output.1) })
        let url = try #require(URL(string: "\(server)/apis/argoproj.io/v1alpha1/namespaces/default/\(kind)/\(name)"))
        let data = try Data(contentsOf: url)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    func phase(_ kind: String, _ name: String) async throws -> String {
        (try await object(kind, name)["status"] as? [String: Any])?["phase"] as? String ?? ""
    }

    func wait(_ kind: String, _ name: String, _ phases: Set<String>) async throws {
        var last = ""
        for _ in 0..<600 {
            last = try await phase(kind, name)
            if phases.contains(last) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(kind)/\(name) is \(last) and not \(phases)\n\(cluster.log)")
    }

    @Test func terminatesBothKinds() async throws {
        try await wait("analysisruns", "endless", ["Running"])
        try await wait("experiments", "lasting", ["Running"])
        let tried = try cluster.run(["runtime", "terminate", "ar/endless", "--dry-run", "server"])
        #expect(tried.code == 0 && tried.output.contains("(server dry run: nothing was changed)"), "\(tried.messages)")
        #expect((try await object("analysisruns", "endless")["spec"] as? [String: Any])?["terminate"] == nil)
        let both = try cluster.run(["runtime", "terminate", "analysisrun/endless", "exp/lasting"])
        #expect(both.code == 0, "\(both.messages)")
        #expect(both.output.hasPrefix("endless: terminated; it takes no more measurements"), "\(both.output)")
        #expect(both.output.contains("\nlasting: terminated; its analyses end"), "\(both.output)")
        try await wait("analysisruns", "endless", ["Successful", "Error", "Failed", "Inconclusive"])
        try await wait("experiments", "lasting", ["Successful"])
        let again = try cluster.run(["runtime", "terminate", "analysisrun", "endless"])
        #expect(again.code == 1 && again.messages.contains("terminate refused: it has ended already: it is "))
        let retried = try cluster.run(["runtime", "retry", "experiment", "lasting"])
        #expect(retried.code == 1 && retried.messages.contains("it was terminated, and would end again at once"))
    }

    @Test func anExperimentThatFailedBeginsAgain() async throws {
        try await wait("experiments", "failing", ["Failed", "Error"])
        let before = try await object("experiments", "failing")
        let shown = try cluster.run(["runtime", "retry", "exp", "failing", "--dry-run", "client", "-o", "name"])
        #expect(shown.code == 0 && shown.output == "experiment.argoproj.io/failing\n", "\(shown.messages)")
        #expect(["Failed", "Error"].contains(try await phase("experiments", "failing")))
        let run = try cluster.run(["runtime", "retry", "experiment", "failing"])
        #expect(run.code == 0 && run.output.hasPrefix("failing: retried; it was "), "\(run.output)\(run.messages)")
        // It ends as before, by an analysis of its own: a second one, as the first has ended.
        let first = try Self.runs(before)
        for _ in 0..<600 {
            let object = try await object("experiments", "failing")
            let runs = (try? Self.runs(object)) ?? []
            if !runs.isEmpty, runs != first { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try Self.runs(try await object("experiments", "failing")) != first, "\(cluster.log)")
        try await wait("experiments", "failing", ["Failed", "Error"])
    }

    private static func runs(_ experiment: [String: Any]) throws -> [String] {
        let status = try #require(experiment["status"] as? [String: Any])
        return (status["analysisRuns"] as? [[String: Any]] ?? []).compactMap { $0["analysisRun"] as? String }
    }

    @Test func saysWhatIsWrong() throws {
        let unknown = try cluster.run(["runtime", "terminate", "analysisrun", "endles"])
        #expect(unknown.code == 1)
        #expect(unknown.messages.contains(
            "there is no AnalysisRun `endles` in namespace default; did you mean `endless`?"), "\(unknown.messages)")
        for wrong in [["endless"], ["rollout", "web"], ["analysisrun"], ["ar", "exp/lasting"], ["ar", "A B"]] {
            let run = try cluster.run(["runtime", "terminate"] + wrong)
            #expect(run.code == 2 && run.messages.contains("Error: "), "\(wrong): \(run.messages)")
        }
    }
}
