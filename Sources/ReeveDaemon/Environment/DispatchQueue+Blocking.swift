import Dispatch

extension DispatchQueue {
    /// Does on this queue what may wait for a disk: the threads of tasks must not.
    func blocking<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let outcome: Result<Value, Failure> = await withCheckedContinuation { continuation in
            async { continuation.resume(returning: Result(catching: work)) }
        }
        return try outcome.get()
    }
}
