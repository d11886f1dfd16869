/// The AnalysisRuns and Experiments that the steps of a rendering start.
///
/// They are what the planner makes of the world of a step. The world that the steps are folded in has none of them:
/// in it every analysis is as good as successful.
extension StepRenderer {
    /// The runs and experiments that begin at this step and did not before.
    mutating func starts(at index: Int) -> [JSONValue] {
        guard index >= 0, rollout.wantsRuns else { return [] }
        let objects = switch rollout.spec.strategy {
        case .canary: createdRuns(in: ideal, holding: index)
        case .blueGreen: index == 0 ? createdRuns(in: ideal, holding: nil) : runsAfterSwitch()
        }
        return objects.filter { startedRuns.insert($0.objectIdentity).inserted }
    }

    /// What the planner creates in a world where analyses count.
    private mutating func createdRuns(in ideal: IdealWorld, holding step: Int?) -> [JSONValue] {
        var copy = ideal
        copy.planner.mode.heldStep = step
        copy.planner.mode.passesWhatIsMissing = false
        supplyTemplates(in: &copy.world)
        let pass = copy.planner.passes(copy.world, now: copy.now)
        if let problem = pass.specProblem {
            let note = "its analyses cannot begin: \(problem)"
            if !notes.contains(note) { notes.append(note) }
        }
        return Self.created(pass.actions)
    }

    private static func created(_ actions: [Action]) -> [JSONValue] {
        actions.compactMap { action in
            guard case .create(let key, var object) = action, [.analysisRun, .experiment].contains(key.kind) else {
                return nil
            }
            // Nothing has come of it yet.
            object["status"] = nil
            return object
        }
    }

    /// What begins once the service has switched: the switch is played with the analysis before it successful.
    private mutating func runsAfterSwitch() -> [JSONValue] {
        guard var copy = beforeSwitch else { return [] }
        copy.planner.mode.holdsSwitch = false
        copy.planner.mode.passesWhatIsMissing = false
        supplyTemplates(in: &copy.world)
        var created: [JSONValue] = []
        for _ in 0..<8 {
            let pass = copy.planner.passes(copy.world, now: copy.now)
            let new = Self.created(pass.actions)
            created += new
            copy.world = pass.world
            var hasMoved = copy.followUp()
            for (key, var object) in copy.world.objects where key.kind == .analysisRun {
                guard object["status"]?.text("phase") != AnalysisPhase.successful.rawValue else { continue }
                object.set(["status", "phase"], to: .string(AnalysisPhase.successful.rawValue))
                copy.world.set(key, object)
                hasMoved = true
            }
            if !hasMoved, new.isEmpty { break }
        }
        return created
    }

    /// Puts the templates into a world, made up where nobody has given them.
    private mutating func supplyTemplates(in world: inout World) {
        var keys = rollout.templateKeys
        while let key = keys.popLast() {
            guard world.objects[key] == nil else { continue }
            if let template = objects.object(key, in: rollout.namespace) {
                world.set(key, template)
                keys += RolloutAnalysis.templates(within: template).map(\.key)
                continue
            }
            // Measured once, so that nothing waits for ever.
            world.set(key, [
                "metadata": ["name": .string(key.name)], "spec": ["metrics": [["name": .string(key.name)]]],
            ])
            let template = "\(key.kind.rawValue) \(key.name)"
            let note = "\(template) is not among the files, so its run is shown without its metrics"
            if !notes.contains(note) { notes.append(note) }
        }
    }
}

extension RenderedStep {
    /// A run or an experiment in a few words: `AnalysisRun web-5d9c-2-1: success-rate, errors`.
    static func summary(of start: JSONValue) -> String {
        let kind = start.objectKind
        let details: [String] = kind == ResourceKind.experiment.rawValue
            ? (start["spec"]?["templates"]?.array ?? []).compactMap { $0.text("name") }
            : (start["spec"]?["metrics"]?.array ?? []).compactMap { $0.text("name") }
        let purpose = start["metadata"]?["labels"]?.text(RolloutMarks.rolloutType).map { " (\($0.lowercased()))" } ?? ""
        return "\(kind) \(start.objectName)\(purpose)" + (details.isEmpty ? "" : ": " + details.joined(separator: ", "))
    }
}
