import ReeveModel
import ReeveWire

/// How an agent says its step stands, in its own words.
enum ReportWord: String, WireWord {
    case done, blocked, failed

    var status: StepReport.Status {
        switch self {
        case .done: .complete
        case .blocked: .blocked
        case .failed: .failed
        }
    }
}

struct ReportArguments: WireObject {
    var status = ReportWord.done
    var summary = ""
    var files: [String]?
    static let fields: [Field<ReportArguments>] = [
        .required("status", \.status, "done; blocked: it cannot go on without an answer; failed: it is given up"),
        .required("summary", \.summary, "what was done, or what is in the way; later steps are told", .bytes(1...64_000)),
        .optional("files", \.files, "paths of what was made or changed", .count(0...1000, each: .bytes(1...4096))),
    ]
}

struct AskArguments: WireObject {
    var question = ""
    static let fields: [Field<AskArguments>] = [
        .required("question", \.question, "one question, with what is needed to answer it", .bytes(1...8000))
    ]
}

struct StatusArguments: WireObject {
    var text = ""
    var tone = MetadataTone.neutral
    static let fields: [Field<StatusArguments>] = [
        .required("text", \.text, "at most 100 characters", .bytes(1...4000)),
        .defaulted("tone", \.tone, "how it is meant"),
    ]
}

struct ProgressArguments: WireObject {
    var percent: Int?
    var fraction: Double?
    var current: Int?
    var total: Int?
    var label: String?
    static let fields: [Field<ProgressArguments>] = [
        .optional("percent", \.percent, "a whole number; 1 is one percent", .range(0...100)),
        .optional("fraction", \.fraction, "of the whole, instead of percent; 1 is all of it", .range(0...1)),
        .optional("current", \.current, "steps that are done, instead of percent", .range(0...1_000_000_000_000)),
        .optional("total", \.total, "all steps, with current", .range(1...1_000_000_000_000)),
        .optional("label", \.label, "of what; at most 100 characters", .bytes(1...4000)),
    ]
}

struct LogArguments: WireObject {
    var message = ""
    var tone = MetadataTone.neutral
    var source: String?
    static let fields: [Field<LogArguments>] = [
        .required("message", \.message, "at most 500 characters", .bytes(1...16_000)),
        .defaulted("tone", \.tone, "how it is meant"),
        .optional("source", \.source, "what it is about: a part, a program; at most 50 characters", .bytes(1...1000)),
    ]
}
