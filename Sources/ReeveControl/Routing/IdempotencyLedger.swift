package import ReeveModel

/// Each key's command is carried out once; whoever repeats it gets the first answer, also while the first is still being worked on,
/// also after a restart.
package actor IdempotencyLedger {
    private let journal: any Journal
    private var underWay: [String: [CheckedContinuation<Void, Never>]] = [:]
    /// Ended with an error, and the disk did not take the note of that: these may be tried again in this process.
    private var failed: Set<String> = []

    package init(journal: any Journal) { self.journal = journal }

    package func once(
        _ ticket: IdempotencyTicket, storesAnswer: Bool, _ body: @Sendable () async throws -> [UInt8]
    ) async throws -> [UInt8] {
        while underWay[ticket.key] != nil {
            await withCheckedContinuation { underWay[ticket.key]?.append($0) }
        }
        underWay[ticket.key] = []
        defer { for waiter in underWay.removeValue(forKey: ticket.key) ?? [] { waiter.resume() } }
        if let known = try await journal.answer(to: ticket.key) {
            guard known.method == ticket.method, known.fingerprint == ticket.fingerprint else {
                throw ReeveError.conflict(
                    "the idempotency key was used for another request", hint: "a new request needs a new key")
            }
            if let result = known.result { return Array(result.utf8) }
            guard failed.contains(ticket.key) else {
                throw ReeveError.conflict(
                    "the outcome of the first request with this key is not known",
                    hint: "look at the state before you repeat it under a new key")
            }
        }
        if !storesAnswer {
            // Written down before it begins: after a crash nobody can tell how far it came, and it must not run twice.
            let begun = RecordedAnswer(key: ticket.key, method: ticket.method, fingerprint: ticket.fingerprint, result: nil)
            try await journal.enqueue([.recordAnswer(begun)]).value()
        }
        let result: [UInt8]
        do { result = try await body() } catch {
            if !storesAnswer {
                do { try await journal.enqueue([.forgetAnswer(key: ticket.key)]).value() } catch { failed.insert(ticket.key) }
            }
            throw error
        }
        failed.remove(ticket.key)
        if !storesAnswer {
            let answer = RecordedAnswer(
                key: ticket.key, method: ticket.method, fingerprint: ticket.fingerprint,
                result: String(decoding: result, as: UTF8.self))
            // The command has been carried out: a disk that does not take the note of it makes no error of that.
            try? await journal.enqueue([.recordAnswer(answer)]).value()
        }
        return result
    }
}
