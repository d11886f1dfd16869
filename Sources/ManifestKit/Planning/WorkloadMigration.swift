/// How a Rollout takes over the pods of a Deployment that it references.
extension UpdatePass {
    /// Notes which generation of the workload the template is from.
    mutating func noteWorkloadGeneration() {
        guard world.rollout.spec.workload != nil, let key = world.workloadKey, let workload = world.objects[key],
            let generation = workload["metadata"]?["generation"]?.integer
        else { return }
        let text = String(generation)
        guard world.rollout.annotations[RolloutMarks.workloadGeneration] != text else { return }
        perform(.annotateRollout([RolloutMarks.workloadGeneration: text]))
    }

    /// Takes pods away from the workload as the Rollout gets its own; in the first deployment only.
    mutating func migrateWorkload(scaledTo replicas: Int) {
        guard world.rollout.spec.workload?.scaleDown == .progressively, let new = newReplicaSet, new.revision == 1
        else { return }
        let status = world.rollout.status
        if status.phase == .healthy {
            scaleWorkload(to: 0)
        } else if status.readyReplicas > 0 || new.replicas > replicas {
            scaleWorkload(to: max(0, world.rollout.spec.replicas - status.readyReplicas))
        }
    }

    /// Scales the workload, unless it has that size; only a Deployment is scaled.
    mutating func scaleWorkload(to replicas: Int) {
        guard let key = world.workloadKey, key.kind == .deployment, let workload = world.objects[key],
            (workload["spec"]?.count("replicas") ?? 1) != replicas
        else { return }
        perform(.scaleWorkload(key, replicas: replicas))
    }
}
