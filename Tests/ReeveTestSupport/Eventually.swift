import ReeveModel

/// Looks again and again until `condition` holds, at most so long. For facts that no event tells; the deadline only bounds a failure.
///
/// On a machine that is busy with the other tests time passes and nothing is done, so it is also looked a few hundred times before it is
/// called a failure. For the same reason a look that ran out of its time has seen nothing, and another follows.
package func eventually(
    within limit: Duration = .seconds(40), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    var looks = 0
    while ContinuousClock.now < deadline || looks < 300 {
        do { if try await condition() { return true } } catch {
            guard (error as? ReeveError)?.kind == .timeout, ContinuousClock.now < deadline else { throw error }
        }
        looks += 1
        await Task.yield()
        try? await Task.sleep(for: .milliseconds(2))
    }
    return try await condition()
}
