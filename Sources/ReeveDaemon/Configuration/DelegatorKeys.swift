import ReeveModel
import ReeveTOML

/// One key of a `[delegators.NAME]` table.
package struct DelegatorKey: Sendable {
    package var name: String
    package var type: String
    package var fallback: String
    package var note: String
    let apply: @Sendable (inout Delegator, TOMLTree) throws(Complaint) -> Void

    package static let all: [DelegatorKey] = [
        DelegatorKey(name: "agent", type: "name", fallback: "required", note: "the agent kind") {
            (delegator, value) throws(Complaint) in delegator.agent = try Read.string(value)
        },
        DelegatorKey(name: "model", type: "string", fallback: "the agent's own", note: "in the words of the agent") {
            (delegator, value) throws(Complaint) in
            let model = try Read.string(value)
            delegator.model = model.isEmpty ? nil : model
        },
        DelegatorKey(name: "flags", type: "list of strings", fallback: "[]", note: "further arguments, as they are") {
            (delegator, value) throws(Complaint) in delegator.flags = try Read.strings(value)
        },
        DelegatorKey(
            name: "permission_mode",
            type: WorkflowStep.PermissionMode.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
            fallback: "default", note: "how much it may do without asking, where the step says nothing"
        ) { (delegator, value) throws(Complaint) in
            let word = try Read.word(value, WorkflowStep.PermissionMode.allCases.map(\.rawValue))
            delegator.permission = WorkflowStep.PermissionMode(rawValue: word) ?? .standard
        },
    ]
}
