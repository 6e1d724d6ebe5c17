/// Looks again and again until `condition` holds, at most so long. For facts that no event tells; the deadline only bounds a failure.
package func eventually(
    within limit: Duration = .seconds(40), _ condition: () async throws -> Bool
) async rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        await Task.yield()
        try? await Task.sleep(for: .milliseconds(2))
    }
    return try await condition()
}
