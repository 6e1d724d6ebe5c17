package import ReeveModel

/// Every method here is about one ticket or one session, never both.
package protocol MetadataParams: WireObject {
    var ticket: String? { get set }
    var session: String? { get set }
}

extension MetadataParams {
    static var addressFields: [Field<Self>] {
        [
            .optional("ticket", \.ticket, "the ticket's id; this or session", .safeName),
            .optional(
                "session", \.session, "a session's name, or its id (`REEVE_SESSION`); one of a ticket speaks for its ticket",
                .safeName),
        ]
    }
}

extension Rule<String> {
    /// Longer texts are refused; what is shorter than that and longer than the limit of what is shown is cut.
    static func cut(at limit: Int) -> Rule {
        Rule(text: "cut at \(limit) characters; 1–64000 bytes") { bytes(1...64_000).fault($0) }
    }
}

extension Rule<Int> {
    static var timeToLive: Rule {
        let range = MetadataBoard.timeToLive
        return .range(Int(range.lowerBound.milliseconds)...Int(range.upperBound.milliseconds))
    }
}

private let toneNote = "neutral, info, success, warn or error; any other word is neutral"

package enum MetadataSetStatus: WireMethod {
    package static let name = "metadata.status"
    package static let summary = "Says in a few words what a ticket's agent, or a session, is at."
    package static let isMutating = true
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package var text = ""
        package var tone = MetadataTone.neutral.rawValue
        package var ttlMs: Int?
        package init() {}
        package static let fields: [Field<Params>] =
            addressFields + [
                .required("text", \.text, "one line", .cut(at: MetadataText.status)),
                .defaulted("tone", \.tone, toneNote, .bytes(0...64)),
                .optional("ttlMs", \.ttlMs, "goes by itself after so long; stays when absent", .timeToLive),
            ]
    }
    package struct Result: WireObject {
        package var status = MetadataStatusShape()
        package init() {}
        package static let fields: [Field<Result>] = [.required("status", \.status, "as it is kept")]
    }
}

package enum MetadataSetProgress: WireMethod {
    package static let name = "metadata.progress"
    package static let summary =
        "Says how far a ticket's agent, or a session, is: in percent, as a fraction, or in steps; never two of them."
    package static let isMutating = true
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package var percent: Int?
        package var fraction: Double?
        package var current: Int?
        package var total: Int?
        package var label: String?
        package var ttlMs: Int?
        package init() {}
        package static let fields: [Field<Params>] =
            addressFields + [
                .optional("percent", \.percent, "a whole number; 1 is one percent", .range(0...100)),
                .optional("fraction", \.fraction, "of the whole; 1 is all of it", .range(0...1)),
                .optional("current", \.current, "so many steps are done, of `total`", .range(0...1_000_000_000_000)),
                .optional("total", \.total, "with `current`", .range(1...1_000_000_000_000)),
                .optional("label", \.label, "of what", .cut(at: MetadataText.label)),
                .optional("ttlMs", \.ttlMs, "goes by itself after so long; stays when absent", .timeToLive),
            ]

        /// The one of the three that is given.
        package func amount() throws(ReeveError) -> MetadataProgress.Amount {
            switch (percent, fraction, current, total) {
            case (let percent?, nil, nil, nil): return .percent(percent)
            case (nil, let fraction?, nil, nil): return MetadataProgress.Amount(fraction: fraction)
            case (nil, nil, let current?, let total?): return .steps(current, of: total)
            default:
                throw .invalid(
                    "$.percent", "give percent, or fraction, or current and total",
                    hint: "percent 37, fraction 0.37 and current 37 of total 100 mean the same")
            }
        }
    }
    package struct Result: WireObject {
        package var progress = MetadataProgressShape()
        package init() {}
        package static let fields: [Field<Result>] = [.required("progress", \.progress, "as it is kept")]
    }
}

package enum MetadataLog: WireMethod {
    package static let name = "metadata.log"
    package static let summary = "Adds a line to the log of a ticket or session; the newest 50 are kept."
    package static let isMutating = true
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package var message = ""
        package var tone = MetadataTone.neutral.rawValue
        package var source: String?
        package var ttlMs: Int?
        package init() {}
        package static let fields: [Field<Params>] =
            addressFields + [
                .required("message", \.message, "one line", .cut(at: MetadataText.message)),
                .defaulted("tone", \.tone, toneNote, .bytes(0...64)),
                .optional("source", \.source, "who says so", .cut(at: MetadataText.source)),
                .optional("ttlMs", \.ttlMs, "goes by itself after so long; stays when absent", .timeToLive),
            ]
    }
    package struct Result: WireObject {
        package var line = MetadataLineShape()
        package init() {}
        package static let fields: [Field<Result>] = [.required("line", \.line, "as it is kept")]
    }
}

package enum MetadataNotify: WireMethod {
    package static let name = "metadata.notify"
    package static let summary = "Tells a person something at once, by what `[notifications]` says; the log keeps a line of it."
    package static let isMutating = true
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package var title: String?
        package var body = ""
        package var urgency = MetadataUrgency.normal
        package init() {}
        package static let fields: [Field<Params>] =
            addressFields + [
                .optional("title", \.title, "one line", .cut(at: MetadataText.title)),
                .required("body", \.body, "one line", .cut(at: MetadataText.message)),
                .defaulted("urgency", \.urgency, "how soon somebody should look"),
            ]
    }
    package typealias Result = MetadataLog.Result
}

package enum MetadataClear: WireMethod {
    package static let name = "metadata.clear"
    package static let summary = "Takes away the status, the progress, the log, or all that is told of a ticket or session."
    package static let isMutating = true
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package var parts: [MetadataPart]?
        package init() {}
        package static let fields: [Field<Params>] =
            addressFields + [.optional("parts", \.parts, "all when absent")]
    }
    package struct Result: WireObject {
        package var cleared: [MetadataPart] = []
        package init() {}
        package static let fields: [Field<Result>] = [.required("cleared", \.cleared, "those that held something")]
    }
}

package enum MetadataGet: WireMethod {
    package static let name = "metadata.get"
    package static let summary = "All that is told of a ticket or session."
    package struct Params: MetadataParams {
        package var ticket: String?
        package var session: String?
        package init() {}
        package static let fields: [Field<Params>] = addressFields
    }
    package struct Result: WireObject {
        package var ticket: String?
        package var session: String?
        package var metadata = MetadataShape()
        package init() {}
        package static let fields: [Field<Result>] = [
            .optional("ticket", \.ticket, "whose it is"),
            .optional("session", \.session, "whose it is, when the session has no ticket"),
            .required("metadata", \.metadata, "what is told"),
        ]
    }
}
