/// `abort`: ends an update and takes traffic and pods back to the stable version.
public struct AbortOperation: RolloutOperation {
    public static let name = "abort"
    public static let needs: OperationNeeds = [.freshStatus]

    /// Makes the operation.
    public init() {}

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        let name = subject.name
        if subject.status.isAborted {
            throw OperationRefusal(
                "it is aborted already",
                advice: "`retry \(name)` begins the update again, `undo \(name)` takes the new version back")
        }
        if subject.isFirstVersion {
            throw OperationRefusal(
                "it is deploying its first version, so there is none to go back to",
                advice: "`pause \(name)` stops it where it is")
        }
        if subject.isFullyPromoted {
            throw OperationRefusal(
                "there is nothing to abort: it \(subject.standing)",
                advice: "`undo \(name)` goes back to the version before")
        }
        let halt = subject.rollout.spec.isPaused
            ? ", but pods stay as they are before `resume \(name)`, as it is paused" : ""
        return OperationPlan(
            .rollout(.status(["abort": true])),
            "aborted; traffic and pods go back to the stable version\(halt). The manifest still asks for "
                + "\(subject.newVersion): `retry \(name)` tries it again, `undo \(name)` takes it back")
    }
}
