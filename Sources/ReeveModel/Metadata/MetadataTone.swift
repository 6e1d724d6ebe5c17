/// How something is meant, in the words and signs of Opensessions (its HTTP interface, as of 2026-05).
package enum MetadataTone: String, Sendable, Hashable, CaseIterable {
    case neutral, info, success, warn, error

    /// A word that is none of these is neutral, as it is there: the text matters more than its colour.
    package init(word: String) { self = Self(rawValue: word) ?? .neutral }

    package var sign: String {
        switch self {
        case .neutral: "·"
        case .info: "ℹ"
        case .success: "✓"
        case .warn: "⚠"
        case .error: "✗"
        }
    }
}

/// How soon a person should look; the three of the desktop notification specification (1.2, "Urgency Levels").
package enum MetadataUrgency: String, Sendable, Hashable, CaseIterable {
    case low, normal, critical

    /// The tone of the line that the log keeps of a notification.
    package var tone: MetadataTone {
        switch self {
        case .low: .neutral
        case .normal: .info
        case .critical: .warn
        }
    }
}
