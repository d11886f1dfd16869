import NIOCore
import NIOPosix

/// Runs tasks on the thread that talks to the network.
///
/// What mostly sends requests and waits for answers costs half as much there: nothing has to be handed from one thread
/// to another, which takes the machine longer than most of what is handed over.
final class LoopExecutor: TaskExecutor {
    /// The thread's loop, which also carries the connections.
    let loop: any EventLoop

    /// Takes one of the threads that there are for as long as the program runs.
    init() { loop = MultiThreadedEventLoopGroup.singleton.next() }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
