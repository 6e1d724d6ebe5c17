import Foundation
import ReeveModel

/// How far a ticket has come in its steps, as JSON in its column.
struct ProgressRow: Codable {
    struct Review: Codable {
        var kind: String
        var since: Int64
    }

    struct Advance: Codable {
        var step: String
        var visit: Int
        var feedback: String?
        var rejected: String?
    }

    var step: String
    var visit: Int
    var feedback: String?
    var rejected: String?
    var review: Review?
    var advance: Advance?

    static func encode(_ progress: StepProgress) throws -> String {
        let row = ProgressRow(
            step: progress.step, visit: progress.visit, feedback: progress.feedback, rejected: progress.rejected,
            review: progress.review.map { Review(kind: $0.kind.rawValue, since: $0.since.milliseconds) },
            advance: progress.advance.map {
                Advance(step: $0.step, visit: $0.visit, feedback: $0.feedback, rejected: $0.rejected)
            })
        return String(decoding: try JSONEncoder().encode(row), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> StepProgress {
        guard let row = try? JSONDecoder().decode(ProgressRow.self, from: Data(text.utf8)) else {
            throw ReeveError.damaged("the step of a ticket cannot be read: '\(text.prefix(40))'")
        }
        return StepProgress(
            step: row.step, visit: row.visit, feedback: row.feedback, rejected: row.rejected,
            review: row.review.map {
                StepProgress.Review(
                    kind: WorkflowStep.Review(rawValue: $0.kind) ?? .plan, since: Timestamp(milliseconds: $0.since))
            },
            advance: row.advance.map {
                StepProgress.Advance(step: $0.step, visit: $0.visit, feedback: $0.feedback, rejected: $0.rejected)
            })
    }
}
