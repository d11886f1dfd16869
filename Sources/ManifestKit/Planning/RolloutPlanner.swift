/// Decides everything that happens to a Rollout, from what is observed and nothing else.
///
/// A plan is made of passes. Each pass looks at the world as it is when the actions before it are done, with pods that
/// have done nothing about it yet, and the last pass finds nothing left to do. So a second plan for the same world is
/// empty, and a crash between two actions leaves a world that the next plan goes on from.
public struct RolloutPlanner: Sendable {
    /// What plans may do.
    public var mode: PlanningMode

    /// Makes a planner.
    public init(mode: PlanningMode = PlanningMode()) { self.mode = mode }

    /// What is to be done now.
    public func plan(_ world: World, now: KubernetesTime) -> Plan {
        let pass = passes(world, now: now)
        return Plan(
            actions: PlanMerging.merged(pass.actions, from: world.rollout.status),
            status: pass.world.rollout.status, wakeAt: pass.wakeAt, reasons: pass.reasons,
            questions: pass.questions)
    }

    /// The plan, and the world as it is when all of it is done.
    func passes(_ world: World, now: KubernetesTime) -> UpdatePass {
        var pass = UpdatePass(world: world, now: now, mode: mode)
        let limit = 32 + 2 * world.rollout.spec.strategy.stepCount
        for _ in 0..<limit {
            let count = pass.actions.count
            pass.run()
            if pass.actions.count == count { return pass }
        }
        // More passes than steps and roles can ask for: go on in the next plan rather than for ever in this one.
        pass.interrupt()
        return pass
    }
}
