/// Decides everything that happens to an AnalysisRun: what is measured and when, and how it ends.
///
/// It measures nothing itself. Its tasks are done outside, and what came of them comes back through the next world.
public struct AnalysisPlanner: Sendable {
    /// How many measurements of a metric a status keeps where nothing else is said.
    public static let keptMeasurements = 10
    /// How many measurements of a metric may wait to be written down before no more are taken.
    public static let mostUnwritten = 100
    /// Seconds until a measurement that ended in an error is tried again.
    public static let errorRetrySeconds = 10
    /// What stands for the value of a Secret, which no plan sees.
    static let secretPlaceholder = "temp-for-secret"

    /// Makes a planner.
    public init() {}

    /// What is to be done now.
    public func plan(_ world: AnalysisWorld, now: KubernetesTime) -> AnalysisPlan {
        let run = world.run
        guard run.status.phase?.isCompleted != true else { return planForCompleted(run, now: now) }
        do throws(AnalysisProblem) {
            var pass = try AnalysisPass(world, now: now)
            pass.takeMeasurements()
            pass.assess()
            pass.dropMeasurements()
            pass.schedule()
            return pass.plan
        } catch {
            return refusal(run, because: error, now: now)
        }
    }

    private func planForCompleted(_ run: AnalysisRun, now: KubernetesTime) -> AnalysisPlan {
        var plan = AnalysisPlan(status: run.status)
        guard let expiry = run.expiry, !run.isBeingDeleted else { return plan }
        if expiry <= now { plan.deletesRun = true } else { plan.wakeAt = expiry }
        return plan
    }

    private func refusal(_ run: AnalysisRun, because problem: AnalysisProblem, now: KubernetesTime) -> AnalysisPlan {
        var status = run.status
        status.phase = .error
        status.message = problem.description
        status.completedAt = now
        return AnalysisPlan(status: status, events: [Self.completion(.error)])
    }

    static func completion(_ phase: AnalysisPhase) -> RolloutEvent {
        RolloutEvent(
            phase.isBad ? .warning : .normal, reason: "AnalysisRun" + phase.rawValue,
            message: "Analysis Completed. Result: \(phase.rawValue)")
    }
}

extension AnalysisRun {
    /// The run's metrics with their arguments filled in, given what stands for the values of Secrets.
    ///
    /// A metric or argument that cannot be understood is a problem, in the words that the reference writes.
    public func resolvedMetrics(
        secret: (AnalysisArgument.SecretKey) -> String
    ) throws(AnalysisProblem) -> [AnalysisMetric] {
        var filled: [JSONValue] = []
        do throws(AnalysisProblem) {
            let arguments = try AnalysisArguments(arguments.map { argument in
                guard argument.value == nil, let key = argument.secretKey else { return argument }
                return AnalysisArgument(name: argument.name, value: secret(key))
            })
            for metric in metrics { filled.append(try arguments.filled(metric)) }
        } catch {
            throw AnalysisProblem("Unable to resolve metric arguments: \(error)")
        }
        do throws(AnalysisProblem) {
            return try Self.metrics(filled)
        } catch {
            throw AnalysisProblem("Analysis spec invalid: \(error)")
        }
    }

    private static func metrics(_ objects: [JSONValue]) throws(AnalysisProblem) -> [AnalysisMetric] {
        guard !objects.isEmpty else { throw AnalysisProblem("no metrics specified") }
        var names: Set<String> = []
        var result: [AnalysisMetric] = []
        for (place, object) in objects.enumerated() {
            let name = object.text("name") ?? ""
            guard names.insert(name).inserted else {
                throw AnalysisProblem("metrics[\(place)]: duplicate name '\(name)'")
            }
            do throws(AnalysisProblem) {
                result.append(try AnalysisMetric(object))
            } catch {
                throw AnalysisProblem("metrics[\(place)]: \(error)")
            }
        }
        return result
    }
}
