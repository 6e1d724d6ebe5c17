/// One at a time for each name: calls are processes, and what two of them ask of one pane would arrive in any order.
actor ZellijTurns {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    nonisolated func alone<Outcome>(_ name: String, _ body: () async throws -> Outcome) async throws -> Outcome {
        await take(name)
        let result: Result<Outcome, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await give(name)
        return try result.get()
    }

    private func take(_ name: String) async {
        guard waiting[name] != nil else {
            waiting[name] = []
            return
        }
        await withCheckedContinuation { waiting[name]?.append($0) }
    }

    private func give(_ name: String) {
        if waiting[name]?.isEmpty != false { waiting[name] = nil } else { waiting[name]?.removeFirst().resume() }
    }
}
