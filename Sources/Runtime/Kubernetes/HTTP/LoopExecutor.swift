import NIOCore
import NIOPosix
import Synchronization

/// Runs tasks on the thread that talks to the network.
///
/// What mostly sends requests and waits for answers costs half as much there: nothing has to be handed from one thread
/// to another, which takes the machine longer than most of what is handed over.
///
/// Tasks and connections take turns. The loop itself does everything that was given to it, and what comes of that,
/// before it looks at the network again: thousands of Rollouts that need no request would keep it from every answer
/// for seconds, that to the renewal of a lease among them.
final class LoopExecutor: TaskExecutor {
    private struct State {
        var jobs = CircularBuffer<UnownedJob>()
        /// Whether the tasks have their turn, or will have it without anybody's asking.
        var hasTurn = false
    }

    /// For how long tasks hold the thread, in all, before the network is looked at.
    private static let turn = TimeAmount.milliseconds(5)
    /// What is due this much later is no longer done before that.
    private static let pause = TimeAmount.microseconds(50)

    /// The thread's loop, which also carries the connections.
    let loop: any EventLoop
    private let state = Mutex(State())

    /// Takes one of the threads that there are for as long as the program runs.
    init() { loop = MultiThreadedEventLoopGroup.singleton.next() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.hasTurn = true }
            return !state.hasTurn
        }
        if isFirst { loop.execute { self.takeTurn() } }
    }

    private func takeTurn() {
        let end = NIODeadline.now() + Self.turn
        while let job = next() {
            job.runSynchronously(on: asUnownedTaskExecutor())
            if NIODeadline.now() >= end {
                loop.scheduleTask(in: Self.pause) { self.takeTurn() }
                return
            }
        }
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            let job = state.jobs.popFirst()
            state.hasTurn = job != nil
            return job
        }
    }
}
