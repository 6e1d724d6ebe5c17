import Synchronization

/// Runs the tasks of one simulated daemon on the thread that pumps it, in an order that the seed decides. A daemon that is not pumped any
/// more has been killed: nothing in it happens again, not even its clean-up.
package final class SimulationExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs one of the jobs that can run; false when there is none.
    package func step(_ generator: inout SeededGenerator) -> Bool {
        let job = jobs.withLock { jobs -> UnownedJob? in
            guard !jobs.isEmpty else { return nil }
            return jobs.remove(at: Int.random(in: 0..<jobs.count, using: &generator))
        }
        job?.runSynchronously(on: asUnownedTaskExecutor())
        return job != nil
    }
}
