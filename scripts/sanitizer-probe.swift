// What `make sanitize` asks of the thread sanitizer before it believes it: nothing of ours is in here.
//   probe continuation   a continuation resumed by another thread before its task awaits it: no race, although an unaided sanitizer says so
//   probe race           a race: has to be found
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a thread is started with.
private final class Baton: @unchecked Sendable {  // given away once, before the thread starts
    let work: () -> Void
    init(_ work: @escaping () -> Void) { self.work = work }
}

private func onThread(_ work: @escaping () -> Void) {
    let baton = Unmanaged.passRetained(Baton(work)).toOpaque()
    #if canImport(Glibc)
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        {
            if let baton = $0 { Unmanaged<Baton>.fromOpaque(baton).takeRetainedValue().work() }
            return nil
        }, baton)
    pthread_detach(thread)
    #else
    var thread: pthread_t?
    pthread_create(
        &thread, nil,
        {
            Unmanaged<Baton>.fromOpaque($0).takeRetainedValue().work()
            return nil
        }, baton)
    if let thread { pthread_detach(thread) }
    #endif
}

private actor Waiter {
    private var sum = 0

    func wait() async -> Int {
        let value: Int = await withUnsafeContinuation { continuation in
            onThread { continuation.resume(returning: 7) }
            // Not an edge that the sanitizer sees: by then the other thread is done.
            usleep(3000)
        }
        sum += await deeper(value)
        return sum
    }

    /// Takes the memory of the task that the continuation has been in.
    private func deeper(_ value: Int) async -> Int {
        var values = (value, value &+ 1, value &* 2, value &+ 3, value, value)
        await Task.yield()
        values.0 += values.1
        return values.0 &+ values.5
    }
}

nonisolated(unsafe) private var contested = 0  // that nobody guards it is the point

@main
private struct Probe {
    static func main() async {
        if CommandLine.arguments.dropFirst().first == "race" {
            for _ in 0..<50 { onThread { contested += 1 } }
            usleep(50_000)
        } else {
            let waiter = Waiter()
            for _ in 0..<50 { _ = await waiter.wait() }
        }
    }
}
