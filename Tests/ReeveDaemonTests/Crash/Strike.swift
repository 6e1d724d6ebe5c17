import ReeveTestSupport

/// How a round of a crash run ended, while everybody worked.
struct Strike: Sendable {
    /// What was seen just before.
    var moment: String
    /// It had ended before it was told to.
    var isEarly: Bool
    /// Nil when it did not end within its time.
    var end: SpawnedProgram.End?
    /// From the signal on.
    var took: Duration
    /// Nil when none was planned.
    var reload: ReloadTurn.Outcome?
}
