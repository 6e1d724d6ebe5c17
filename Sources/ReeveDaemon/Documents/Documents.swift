import ReeveModel
import ReeveWire

/// The generated parts of `docs/`: from the same tables that the program works by. `reeved --print-document NAME` prints them.
package enum Documents {
    package static let names = [
        "configuration-table", "agent-table", "delegator-table", "webhook-table", "environment-list", "exit-status",
        "manual-reeve", "manual-reeved", "protocol",
    ]

    package static func named(_ name: String) -> String? {
        switch name {
        case "configuration-table": configurationTable()
        case "agent-table": agentTable()
        case "delegator-table": delegatorTable()
        case "webhook-table": webhookTable()
        case "environment-list": environmentList()
        case "exit-status": exitStatus()
        case "manual-reeve": manualOfClient()
        case "manual-reeved": manualOfDaemon()
        case "protocol": protocolPage()
        default: nil
        }
    }

    package static func configurationTable() -> String {
        table(
            ["Key", "Type", "Default", "Meaning", "Change counts"],
            ConfigurationKeys.all.map {
                [
                    "`\($0.name)`", $0.type, "`\($0.fallback.isEmpty ? "\"\"" : $0.fallback)`", $0.note,
                    $0.needsRestart ? "after a restart" : "at reload",
                ]
            })
    }

    package static func agentTable() -> String {
        table(
            ["Key", "Type", "Default", "Meaning"],
            AgentKey.all.map {
                ["`\($0.name)`", $0.type, $0.fallback.hasPrefix("required") ? $0.fallback : "`\($0.fallback)`", $0.note]
            })
    }

    package static func delegatorTable() -> String {
        table(
            ["Key", "Type", "Default", "Meaning"],
            DelegatorKey.all.map { ["`\($0.name)`", $0.type, $0.fallback, $0.note] })
    }

    package static func webhookTable() -> String {
        table(
            ["Key", "Type", "Default", "Meaning"],
            WebhookKey.all.map { ["`\($0.name)`", $0.type, $0.fallback.isEmpty ? "none" : $0.fallback, $0.note] })
    }

    package static func environmentList() -> String {
        AgentEnvironment.inherited.map { "`\($0)`" }.joined(separator: ", ") + " and `LC_*`"
    }

    package static func protocolPage() -> String {
        var page = protocolIntroduction
        page +=
            "\n## Errors\n\n"
            + table(
                ["kind", "code", "when"], ReeveError.Kind.catalog.map { ["`\($0.kind.rawValue)`", "\($0.code)", $0.meaning] })
        page += "\n## Events\n\nKinds: " + EventPayload.allKinds.map { "`\($0)`" }.joined(separator: ", ") + ".\n"
        page += "\n## Methods\n"
        for method in MethodCatalog.all {
            page += "\n### \(method.name)\n\n\(method.summary)\(method.isMutating ? " Takes an `idempotencyKey`." : "")\n"
            let own = method.params.filter { $0.name != IdempotencyKey.member }
            page += own.isEmpty ? "\nNo parameters.\n" : "\n" + members("Parameter", own)
            page += method.result.isEmpty ? "\nThe result is `{}`.\n" : "\n" + members("Result", method.result)
        }
        page += "\n## Shapes\n"
        for (name, fields) in MethodCatalog.shapes { page += "\n### \(name)\n\n" + members("Member", fields) }
        return page
    }

    private static func members(_ title: String, _ members: [MethodDescription.Member]) -> String {
        table(
            [title, "Type", "", "Meaning"],
            members.map { member in
                let need = member.isRequired ? "required" : member.fallback.map { "default `\($0)`" } ?? "optional"
                return [
                    "`\(member.name)`", spoken(member.schema), need, member.note + (member.constraint.map { "; \($0)" } ?? ""),
                ]
            })
    }

    private static func spoken(_ schema: Schema) -> String {
        switch schema {
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .oneOf(let words): words.map { "`\($0)`" }.joined(separator: " · ")
        case .array(let element): "list of \(spoken(element))"
        case .map(let value): "object of \(spoken(value))"
        case .object(let name): "[\(name)](#\(name.lowercased()))"
        case .anything: "JSON"
        }
    }

    package static func exitStatus() -> String {
        table(["Status", "Meaning"], ExitStatus.allCases.map { ["\($0.rawValue)", $0.meaning] })
    }

    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n") + "\n"
    }
}
