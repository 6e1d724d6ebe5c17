package import ReeveModel

extension MetadataTone: WireWord {}
extension MetadataUrgency: WireWord {}
extension MetadataPart: WireWord {}

/// What is told of a ticket or session.
package struct MetadataShape: WireObject, Equatable {
    package var status: MetadataStatusShape?
    package var progress: MetadataProgressShape?
    package var log: [MetadataLineShape]?

    package init() {}

    /// - Parameter withLog: lists leave the log out.
    package init(_ board: MetadataBoard, withLog: Bool = true) {
        status = board.status.map { MetadataStatusShape($0) }
        progress = board.progress.map { MetadataProgressShape($0) }
        log = withLog && !board.log.isEmpty ? board.log.map { MetadataLineShape($0) } : nil
    }

    package static let fields: [Field<MetadataShape>] = [
        .optional("status", \.status, "what somebody is at"),
        .optional("progress", \.progress, "how far somebody is"),
        .optional("log", \.log, "the oldest line first; not in lists"),
    ]
}

package struct MetadataStatusShape: WireObject, Equatable {
    package var text = ""
    package var tone = ""
    package var time = ""
    package var expiresAt: String?

    package init() {}

    package init(_ status: MetadataStatus) {
        text = status.text
        tone = status.tone.rawValue
        time = status.time.rfc3339
        expiresAt = status.expires?.rfc3339
    }

    package static let fields: [Field<MetadataStatusShape>] = [
        .required("text", \.text, "one line"),
        .required("tone", \.tone, "neutral, info, success, warn, error"),
        .required("time", \.time, "when it was set; RFC 3339, UTC"),
        .optional("expiresAt", \.expiresAt, "when it goes by itself"),
    ]
}

package struct MetadataProgressShape: WireObject, Equatable {
    package var percent = 0
    package var current: Int?
    package var total: Int?
    package var label: String?
    package var time = ""
    package var expiresAt: String?

    package init() {}

    package init(_ progress: MetadataProgress) {
        percent = progress.amount.percent
        if case .steps(let current, let total) = progress.amount {
            self.current = current
            self.total = total
        }
        label = progress.label
        time = progress.time.rfc3339
        expiresAt = progress.expires?.rfc3339
    }

    package static let fields: [Field<MetadataProgressShape>] = [
        .required("percent", \.percent, "0 to 100, rounded down: 100 only when nothing is left"),
        .optional("current", \.current, "when it was given in steps"),
        .optional("total", \.total, "when it was given in steps"),
        .optional("label", \.label, "of what"),
        .required("time", \.time, "when it was set; RFC 3339, UTC"),
        .optional("expiresAt", \.expiresAt, "when it goes by itself"),
    ]
}

package struct MetadataLineShape: WireObject, Equatable {
    package var number = 0
    package var message = ""
    package var tone = ""
    package var source: String?
    package var time = ""
    package var expiresAt: String?

    package init() {}

    package init(_ line: MetadataLine) {
        number = line.number
        message = line.message
        tone = line.tone.rawValue
        source = line.source
        time = line.time.rfc3339
        expiresAt = line.expires?.rfc3339
    }

    package static let fields: [Field<MetadataLineShape>] = [
        .required("number", \.number, "counts up"),
        .required("message", \.message, "one line"),
        .required("tone", \.tone, "neutral, info, success, warn, error"),
        .optional("source", \.source, "who says so"),
        .required("time", \.time, "when it was said; RFC 3339, UTC"),
        .optional("expiresAt", \.expiresAt, "when it goes by itself"),
    ]
}
