/// What somebody is at, in a few words.
package struct MetadataStatus: Sendable, Hashable {
    package var text: String
    package var tone: MetadataTone
    package var time: Timestamp
    package var expires: Timestamp?

    package init(text: String, tone: MetadataTone = .neutral, time: Timestamp, expires: Timestamp? = nil) {
        self.text = text
        self.tone = tone
        self.time = time
        self.expires = expires
    }
}

/// How far somebody is.
package struct MetadataProgress: Sendable, Hashable {
    /// The three ways to say it. They cannot be mistaken for each other, and nobody can give two.
    package enum Amount: Sendable, Hashable {
        /// Whole percent, 0 to 100.
        case percent(Int)
        /// Of the whole, 0 to 1, in ten-thousandths.
        case fraction(Int)
        /// So many of so many.
        case steps(Int, of: Int)

        /// Of the whole, 0 to 1. What is less than the whole stays less: 0.99999 is 9999 ten-thousandths.
        package init(fraction: Double) {
            // Without the tiny addition 0.57 would be 5699: most decimals are a little less or more in binary.
            self = .fraction(Int((min(max(fraction, -1), 2) * 10_000 + 0.000_001).rounded(.down)))
        }

        /// Whole percent, rounded down: 100 is shown only when nothing is left.
        package var percent: Int {
            switch self {
            case .percent(let percent): percent
            case .fraction(let share): share / 100
            // Divided first where the product would not fit.
            case .steps(let current, let total):
                current <= Int.max / 100 ? current * 100 / total : Int(Double(current) / Double(total) * 100)
            }
        }
    }

    package var amount: Amount
    package var label: String?
    package var time: Timestamp
    package var expires: Timestamp?

    package init(amount: Amount, label: String? = nil, time: Timestamp, expires: Timestamp? = nil) {
        self.amount = amount
        self.label = label
        self.time = time
        self.expires = expires
    }
}

/// A line of the log.
package struct MetadataLine: Sendable, Hashable {
    /// Counts up; begins anew with 1 in an empty log.
    package var number: Int
    package var message: String
    package var tone: MetadataTone
    /// Who says so: a program, a phase.
    package var source: String?
    package var time: Timestamp
    package var expires: Timestamp?

    package init(
        number: Int, message: String, tone: MetadataTone = .neutral, source: String? = nil, time: Timestamp,
        expires: Timestamp? = nil
    ) {
        self.number = number
        self.message = message
        self.tone = tone
        self.source = source
        self.time = time
        self.expires = expires
    }
}

/// What a person is to be told at once.
package struct MetadataNotice: Sendable, Hashable {
    package var title: String?
    package var body: String
    package var urgency: MetadataUrgency

    package init(title: String? = nil, body: String, urgency: MetadataUrgency = .normal) {
        self.title = title
        self.body = body
        self.urgency = urgency
    }
}

/// What of a board can be cleared by itself.
package enum MetadataPart: String, Sendable, Hashable, CaseIterable { case status, progress, log }

/// What has happened to a board.
package struct MetadataNews: Sendable, Hashable {
    package enum Fact: Sendable, Hashable {
        case status(MetadataStatus)
        case progress(MetadataProgress)
        case log(MetadataLine)
        case notify(MetadataNotice)
        /// Parts that hold nothing any more; of the log, also when only some lines are gone.
        case cleared([MetadataPart], expired: Bool)
    }

    package var owner: MetadataOwner
    package var fact: Fact

    package init(_ owner: MetadataOwner, _ fact: Fact) {
        self.owner = owner
        self.fact = fact
    }

    package var kind: String {
        switch fact {
        case .status: "metadata.status"
        case .progress: "metadata.progress"
        case .log: "metadata.log"
        case .notify: "metadata.notify"
        case .cleared: "metadata.cleared"
        }
    }
}

/// One row of what is kept of a board.
package enum MetadataChange: Sendable, Hashable {
    case putStatus(MetadataStatus)
    case putProgress(MetadataProgress)
    case putLine(MetadataLine)
    case removeStatus
    case removeProgress
    /// The lines with a number up to this one.
    case removeLines(upTo: Int)
    case removeLine(Int)

    /// Of a status or a progress: lists and sidebars show those, and no lines.
    package var isSeenAtAGlance: Bool {
        switch self {
        case .putStatus, .putProgress, .removeStatus, .removeProgress: true
        case .putLine, .removeLines, .removeLine: false
        }
    }
}
