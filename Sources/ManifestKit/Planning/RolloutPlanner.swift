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
        var pass = UpdatePass(world: world, now: now, mode: mode)
        let limit = 32 + 2 * world.rollout.spec.strategy.stepCount
        var isDone = false
        for _ in 0..<limit where !isDone {
            let count = pass.actions.count
            pass.run()
            isDone = pass.actions.count == count
        }
        // More passes than steps and roles can ask for: go on in the next plan rather than for ever in this one.
        if !isDone { pass.wake(at: now) }
        return Plan(
            actions: pass.actions, status: pass.world.rollout.status, wakeAt: pass.wakeAt, reasons: pass.reasons)
    }
}
