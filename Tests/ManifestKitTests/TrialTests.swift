import ManifestKit
import Testing

/// What may be done to AnalysisRuns and Experiments: the reference's patches, or a reason against it.
@Suite struct TrialTests {
    static func trial(_ kind: Trial.Kind, _ phase: AnalysisPhase?, terminate: Bool = false) -> Trial {
        var object: JSONValue = ["metadata": ["name": "x"], "spec": [:]]
        if let phase { object["status"] = ["phase": .string(phase.rawValue)] }
        if terminate { object.set(["spec", "terminate"], to: true) }
        return Trial(kind, object)
    }

    func refusal(_ trial: Trial, _ deed: Trial.Deed) -> String? {
        do throws(OperationRefusal) {
            _ = try trial.plan(deed)
            return nil
        } catch { return error.text }
    }

    @Test(arguments: Trial.Kind.allCases, [nil, AnalysisPhase.pending, .running])
    func whatIsUnderWayCanBeTerminated(_ kind: Trial.Kind, _ phase: AnalysisPhase?) throws {
        let plan = try Self.trial(kind, phase).plan(.terminate)
        #expect(plan.patch == ["spec": ["terminate": true]])
        #expect(refusal(Self.trial(kind, phase, terminate: true), .terminate)?.contains("asked to end already") == true)
    }

    @Test(arguments: Trial.Kind.allCases, AnalysisPhase.allCases.filter(\.isCompleted))
    func whatHasEndedCannot(_ kind: Trial.Kind, _ phase: AnalysisPhase) {
        #expect(refusal(Self.trial(kind, phase), .terminate) == "it has ended already: it is \(phase.rawValue)")
    }

    @Test(arguments: AnalysisPhase.allCases.filter(\.isCompleted))
    func anExperimentThatHasEndedCanBeRetried(_ phase: AnalysisPhase) throws {
        #expect(try Self.trial(.experiment, phase).plan(.retry).patch == ["status": .null])
        #expect(refusal(Self.trial(.experiment, phase, terminate: true), .retry)?.contains("take `terminate`") == true)
        #expect(refusal(Self.trial(.analysisRun, phase), .retry)?.contains("an analysisrun cannot be retried") == true)
    }

    @Test(arguments: [nil, AnalysisPhase.pending, .running])
    func oneThatHasNotEndedCannot(_ phase: AnalysisPhase?) {
        let text = refusal(Self.trial(.experiment, phase), .retry)
        #expect(text == "it has not ended, so there is nothing to retry: it is \(phase?.rawValue ?? "new")")
    }
}
