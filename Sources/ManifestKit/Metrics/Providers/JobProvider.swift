/// `job`: a Job of the cluster, whose success is the measurement's.
public struct JobProvider: MetricProvider {
    public static let key = "job"
    private let settings: JSONValue

    /// The label with the uid of the run, on Jobs and their pods.
    static let runLabel = "analysisrun.argoproj.io/uid"
    private static let nameKey = "job-name"
    private static let namespaceKey = "job-namespace"
    /// Reasons for which a container waits in vain.
    private static let hopeless: Set<String> = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName"]

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) { self.settings = settings }

    // MARK: Beginning

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        let job = job(context)
        let name = job["metadata"]?.text("name") ?? ""
        let key = MetricQuestion.ClusterObject(kind: "Job", namespace: context.run.namespace, name: name)
        return .ask(.get(key)) { answer in
            switch answer {
            // Made by an earlier life of the controller that did not come to write it down.
            case .object(let existing): return .finish(Self.adopted(existing, key, context))
            case .missing:
                return .ask(.create(key, job)) { answer in
                    switch answer {
                    case .object: return .finish(Self.begun(key, context))
                    case .existing(let existing): return .finish(Self.adopted(existing, key, context))
                    default: return .finish(context.begun.failed(answer.failureText, context))
                    }
                }
            default: return .finish(context.begun.failed(answer.failureText, context))
            }
        }
    }

    /// A measurement by a Job that is there already, if the run owns it.
    private static func adopted(
        _ job: JSONValue, _ key: MetricQuestion.ClusterObject, _ context: MeasurementContext
    ) -> Measurement {
        let owners = job["metadata"]?["ownerReferences"]?.array ?? []
        guard owners.contains(where: { $0.flag("controller") && $0.text("uid") == context.run.uid }) else {
            return context.begun.failed("jobs.batch \"\(key.name)\" already exists", context)
        }
        return begun(key, context)
    }

    private static func begun(_ key: MetricQuestion.ClusterObject, _ context: MeasurementContext) -> Measurement {
        var measurement = context.begun
        measurement.metadata = [nameKey: key.name, namespaceKey: key.namespace]
        // At once, so that a short Job is not waited for longer than it takes.
        measurement.resumeAt = context.time
        return measurement
    }

    private func job(_ context: MeasurementContext) -> JSONValue {
        let run = context.run
        var labels = settings["metadata"]?["labels"]?.stringDictionary ?? [:]
        labels[Self.runLabel] = run.uid
        var annotations = settings["metadata"]?["annotations"]?.stringDictionary ?? [:]
        annotations["analysisrun.argoproj.io/name"] = run.name
        annotations["analysisrun.argoproj.io/namespace"] = run.namespace
        annotations["analysisrun.argoproj.io/metric-name"] = context.metric.name
        var spec = settings["spec"] ?? .object(JSONObject())
        spec.set(["template", "metadata", "labels", Self.runLabel], to: .string(run.uid))
        return [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": [
                "name": .string(Self.name(context)), "namespace": .string(run.namespace),
                "labels": .strings(labels), "annotations": .strings(annotations),
                "ownerReferences": [[
                    "apiVersion": .string(RolloutMarks.apiVersion), "kind": "AnalysisRun", "name": .string(run.name),
                    "uid": .string(run.uid), "controller": true, "blockOwnerDeletion": true,
                ]],
            ],
            "spec": spec,
        ]
    }

    /// A name of its own for each measurement that fits the label of the Job's pods, 63 characters.
    private static func name(_ context: MeasurementContext) -> String {
        let suffix = ".\(context.ordinal)"
        let room = max(1, 63 - context.run.uid.utf8.count - 1 - suffix.utf8.count)
        return "\(context.run.uid).\(context.metric.name.prefix(room))\(suffix)"
    }

    // MARK: Going on

    public func resume(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        guard let key = Self.key(of: measurement, context) else {
            return .finish(measurement.failed("job metadata reference missing", context))
        }
        return .ask(.get(key)) { answer in
            guard case .object(let job) = answer else {
                let reason = answer == .missing ? "job.batch \"\(key.name)\" not found" : answer.failureText
                return .finish(measurement.failed(reason, context))
            }
            if let phase = Self.phase(of: job) {
                var measurement = measurement
                measurement.phase = phase
                measurement.finishedAt = context.time
                return .finish(measurement)
            }
            let labels = job["spec"]?["selector"]?["matchLabels"]?.stringDictionary
                ?? [Self.runLabel: context.run.uid]
            return .ask(.list(kind: "Pod", namespace: key.namespace, labels: labels)) { answer in
                .finish(Self.goingOn(measurement, answer, context))
            }
        }
    }

    private static func phase(of job: JSONValue) -> AnalysisPhase? {
        for condition in job["status"]?["conditions"]?.array ?? [] where condition.text("status") != "False" {
            if condition.text("type") == "Complete" { return .successful }
            if condition.text("type") == "Failed" { return .failed }
        }
        return nil
    }

    private static func goingOn(
        _ measurement: Measurement, _ answer: MetricAnswer, _ context: MeasurementContext
    ) -> Measurement {
        var measurement = measurement
        if case .objects(let pods) = answer, let reason = hopelessReason(pods) {
            measurement.phase = .inconclusive
            measurement.message = reason
            measurement.finishedAt = context.time
            return measurement
        }
        // Seldomer and seldomer, the longer it takes.
        let elapsed = max(0, measurement.startedAt?.seconds(until: context.time) ?? 0)
        measurement.resumeAt = context.time.after(max(1, Int((2 * Double(elapsed)).squareRoot())))
        return measurement
    }

    /// Why a pod can never run, or nil.
    private static func hopelessReason(_ pods: [JSONValue]) -> String? {
        for pod in pods {
            for list in ["initContainerStatuses", "containerStatuses"] {
                for container in pod["status"]?[list]?.array ?? [] {
                    guard let waiting = container["state"]?.present("waiting"), let reason = waiting.text("reason"),
                        hopeless.contains(reason)
                    else { continue }
                    return "Pod \(pod["metadata"]?.text("name") ?? ""), container \(container.text("name") ?? "") has "
                        + "terminal error (\(reason)): \(waiting.text("message") ?? "")"
                }
            }
        }
        return nil
    }

    // MARK: Ending

    public func end(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        guard let key = Self.key(of: measurement, context) else {
            return .finish(measurement.failed("job metadata reference missing", context))
        }
        return .ask(.delete(key)) { answer in
            if case .failure(let reason) = answer { return .finish(measurement.failed(reason, context)) }
            var measurement = measurement
            measurement.phase = .inconclusive
            measurement.finishedAt = context.time
            return .finish(measurement)
        }
    }

    public func prune(keeping count: Int, _ context: MeasurementContext) -> MeasurementMove? {
        let labels = [Self.runLabel: context.run.uid]
        return .ask(.list(kind: "Job", namespace: context.run.namespace, labels: labels)) { answer in
            guard case .objects(let jobs) = answer else { return .finish(context.begun) }
            let own = jobs.filter { job in
                let annotations = job["metadata"]?["annotations"]
                return annotations?.text("analysisrun.argoproj.io/metric-name") == context.metric.name
            }
            func created(_ job: JSONValue) -> String { job["metadata"]?.text("creationTimestamp") ?? "" }
            let oldestFirst = own.sorted { created($0) < created($1) }
            return Self.delete(Array(oldestFirst.dropLast(count)), context)
        }
    }

    private static func delete(_ jobs: [JSONValue], _ context: MeasurementContext) -> MeasurementMove {
        guard let job = jobs.first else { return .finish(context.begun) }
        let key = MetricQuestion.ClusterObject(
            kind: "Job", namespace: context.run.namespace, name: job["metadata"]?.text("name") ?? "")
        return .ask(.delete(key)) { _ in delete(Array(jobs.dropFirst()), context) }
    }

    private static func key(
        of measurement: Measurement, _ context: MeasurementContext
    ) -> MetricQuestion.ClusterObject? {
        guard let name = measurement.metadata[nameKey], !name.isEmpty else { return nil }
        let namespace = measurement.metadata[namespaceKey] ?? ""
        return MetricQuestion.ClusterObject(
            kind: "Job", namespace: namespace.isEmpty ? context.run.namespace : namespace, name: name)
    }
}
