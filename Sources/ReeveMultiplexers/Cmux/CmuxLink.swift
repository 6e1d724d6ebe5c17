import ReeveModel

/// One way to a running cmux: its socket, or its program. Who uses it does not know which.
///
/// Asking throws `CmuxFailure` for what cmux answered, `CmuxRefusal.Told` when it keeps us out or is gone, and a `ReeveError` of
/// kind `timeout` when it does not answer; what was asked may happen all the same then.
protocol CmuxLink: Sendable {
    /// For people: "by its socket".
    var manner: String { get }
    func ask(_ request: CmuxRequest, patience: Duration) async throws -> CmuxResult
    /// Every frame until the stream ends. Returns when it has; throws as `ask`.
    /// - Parameter after: the last event that is known, in the same life of cmux.
    func follow(after: Int64?, _ frame: @escaping @Sendable (CmuxFrame) -> Void) async throws
    /// Returns when the link itself has ended; never for one that has nothing to end.
    func awaitEnd() async
    func close()
}

extension CmuxLink {
    /// What cmux does not do, or says wrongly, as an error of ours.
    func told(_ request: CmuxRequest, patience: Duration = .seconds(5)) async throws -> CmuxResult {
        do { return try await ask(request, patience: patience) } catch let failure as CmuxFailure {
            throw failure.error
        } catch let told as CmuxRefusal.Told { throw told.refusal.error }
    }
}
