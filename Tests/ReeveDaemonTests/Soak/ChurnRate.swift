/// How many tickets a soak has finished for each hour, and whether that was enough to say that nothing grows. Pure.
struct ChurnRate: Sendable, Hashable {
    /// An hour.
    static let demanded = 200
    /// Shorter runs only show that it measures.
    static let judgedLength = Duration.seconds(300)

    /// Between the first and the last look.
    var finished: Int
    var seconds: Double
    /// How long the run was to be.
    var length: Duration

    var perHour: Int { seconds > 0 ? Int(Double(finished) / seconds * 3600) : 0 }
    private var isEnough: Bool { perHour >= Self.demanded }

    /// Whether the run was long enough to be judged, and finished too little.
    var isMissed: Bool { length >= Self.judgedLength && !isEnough }

    var line: String {
        "\(finished) tickets finished, \(perHour) an hour; the bar of \(Self.demanded) is \(isEnough ? "met" : "MISSED")"
            + (length >= Self.judgedLength ? "" : " (judged from \(Self.judgedLength.components.seconds / 60) minutes on)")
    }
}
