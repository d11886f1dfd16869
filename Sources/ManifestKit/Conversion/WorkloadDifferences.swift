/// What a Rollout does otherwise than the Deployment that it was, field by field.
extension WorkloadConversion {
    /// Writes down every difference.
    mutating func noteWhatDiffers(_ choice: (isRecreate: Bool, isBlueGreen: Bool)) {
        noteGroup()
        noteStrategy(choice)
        notePaused()
        noteMetadata()
        if let template = workload.spec?["template"] {
            for use in DeploymentHashLabel.uses(in: template) {
                draft.note(
                    .attention, workload, at: use,
                    "\(use.path) speaks of pod-template-hash, which the pods of a Rollout do not have",
                    because: "theirs is rollouts-pod-template-hash; the template was left as it is")
            }
        }
        noteReach(choice)
    }

    private mutating func noteGroup() {
        let version = workload.manifest.apiVersion
        guard version != "apps/v1" else { return }
        draft.note(
            .attention, workload, at: workload.root["apiVersion"],
            "was written for \(version), which no current cluster serves",
            because:
                "there progressDeadlineSeconds had no default and revisionHistoryLimit none or 2; a Rollout has "
                    + "600 and 10"
        )
    }

    private mutating func noteStrategy(_ choice: (isRecreate: Bool, isBlueGreen: Bool)) {
        let strategy = workload.spec?["strategy"]
        if choice.isRecreate {
            draft.note(
                .attention, workload, at: strategy?["type"],
                "had strategy Recreate, which no Rollout has: got maxSurge 0, maxUnavailable 100% and no steps",
                because: "old pods are told to stop before new ones start, but may still be stopping when those do; "
                    + "where two versions must never run at once (a ReadWriteOnce volume, a lock), keep the Deployment")
            return
        }
        let rolling = strategy?["rollingUpdate"]
        if choice.isBlueGreen {
            for key in ["maxSurge", "maxUnavailable"] {
                guard let value = rolling?.present(key) else { continue }
                draft.note(
                    .attention, workload, at: value,
                    "rollingUpdate.\(key) \(value.text) is gone: blue-green has no counterpart",
                    because:
                        "the new version starts at full size beside the old one, so the pods double for the time "
                            + "of an update"
                )
            }
        } else if rolling?.present("maxSurge") != nil || rolling?.present("maxUnavailable") != nil {
            draft.note(
                .changed, workload, at: rolling, "maxSurge and maxUnavailable are carried over to the canary",
                because: draft.options.router == .none
                    ? nil
                    : "they bound the numbers of pods where no router divides the traffic; with one, stable keeps "
                        + "its full size"
            )
        }
        for entry in rolling?.entries ?? workload.root.emptyEntries
        where !["maxSurge", "maxUnavailable"].contains(entry.key.text) {
            draft.note(
                .attention, workload, at: entry.key,
                "rollingUpdate.\(entry.key.text) is gone: it is no field that a Deployment has")
        }
        for entry in strategy?.entries ?? workload.root.emptyEntries
        where !["type", "rollingUpdate"].contains(entry.key.text) {
            draft.note(
                .attention, workload, at: entry.key,
                "strategy.\(entry.key.text) is gone: it is no field that a Deployment has")
        }
    }

    private mutating func notePaused() {
        guard let paused = workload.spec?["paused"], paused.boolean == true else { return }
        draft.note(
            .attention, workload, at: paused, "spec.paused stays true",
            because:
                "a paused Deployment does not start updates; a paused Rollout stops where it is, in the middle of "
                    + "one too, "
                + "and reports Paused instead of Healthy; set it to false for the cut-over")
    }

    private mutating func noteMetadata() {
        let metadata = workload.root["metadata"]
        let written = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"]
            .filter { metadata?[$0].map { !$0.isNull } ?? false }
        if !written.isEmpty {
            draft.note(
                .attention, workload, at: metadata,
                "metadata has what a cluster wrote (\(written.joined(separator: ", ")))",
                because: "it belongs to the Deployment; remove it before the Rollout is applied")
        }
        let annotations = metadata?["annotations"]
        for key in ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"] {
            guard let node = annotations?[key] else { continue }
            draft.note(
                .attention, workload, at: node, "the annotation \(key) was left, and means nothing on a Rollout",
                because: "a cluster wrote it on the Deployment; remove it")
        }
    }

    /// Without a router a weight is met by counting pods, and few pods cannot be divided finely.
    private mutating func noteReach(_ choice: (isRecreate: Bool, isBlueGreen: Bool)) {
        guard !choice.isRecreate, !choice.isBlueGreen, draft.options.router == .none,
            let replicas = workload.spec?["replicas"]?.integer, replicas > 0, replicas < 100
        else { return }
        let weights = (draft.options.steps ?? draft.options.preset.steps).compactMap { step in
            if case .weight(let weight) = step, weight > 0 { weight } else { nil as Int? }
        }
        guard let least = weights.min(), least * replicas < 100 else { return }
        draft.note(
            .attention, workload, at: workload.spec?["replicas"],
            "\(replicas) pod\(replicas == 1 ? "" : "s") cannot be divided as finely as the first step asks "
                + "(\(least) %)",
            because: "one pod is \(100 / replicas) %; give it a router, more pods, or greater steps")
    }
}

extension YAMLNode {
    /// No entries, of the right type.
    fileprivate var emptyEntries: Entries { Entries(tree: tree, first: 0, ownCount: 0, count: 0) }
}
