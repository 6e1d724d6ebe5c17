import Foundation
import ReeveAgents
import ReeveModel
import TOMLKit

/// Reads a configuration file. Every fault names the file, the line and what was probably meant; a file with a fault changes nothing.
package enum ConfigurationLoader {
    /// - Parameter path: need not exist; then all defaults hold.
    package static func load(_ path: String, mustExist: Bool = false) throws(ConfigurationFault) -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            if mustExist || FileManager.default.fileExists(atPath: path) {
                throw ConfigurationFault(file: path, line: nil, message: "cannot be read", hint: nil)
            }
            return Configuration(kinds: ShippedKinds.all)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationFault(file: path, line: nil, message: "is not UTF-8", hint: nil)
        }
        return try parse(text, file: path)
    }

    package static func parse(_ text: String, file: String) throws(ConfigurationFault) -> Configuration {
        let table: ConfigurationValue
        do {
            table = ConfigurationValue.table(try TOMLTable(string: text))
        } catch let error as TOMLParseError {
            throw ConfigurationFault(file: file, line: error.source.begin.line, message: error.description, hint: nil)
        } catch {
            throw ConfigurationFault(file: file, line: nil, message: "\(error)", hint: nil)
        }
        var reader = Reader(file: file, lines: KeyLines(text), configuration: Configuration(kinds: ShippedKinds.all))
        try reader.read(table, at: [])
        try reader.check()
        return reader.configuration
    }

    private struct Reader {
        let file: String
        let lines: KeyLines
        var configuration: Configuration

        private static let keys = Dictionary(uniqueKeysWithValues: ConfigurationKeys.all.map { ($0.name, $0) })
        /// `queue`, `sessions`, `sessions.tmux`, …
        private static let sections: Set<String> = Set(
            keys.keys.flatMap { name in
                let parts = name.split(separator: ".")
                return (1..<parts.count).map { parts[..<$0].joined(separator: ".") }
            } + ["agents"])

        mutating func read(_ value: ConfigurationValue, at path: [String]) throws(ConfigurationFault) {
            guard case .table(let members) = value else { return }
            for name in members.keys.sorted(by: { lines.line(path + [$0]) ?? 0 < lines.line(path + [$1]) ?? 0 }) {
                guard let member = members[name] else { continue }
                let inner = path + [name]
                let dotted = inner.joined(separator: ".")
                if dotted == "agents" {
                    try readAgents(member)
                } else if let key = Self.keys[dotted] {
                    do throws(Complaint) { try key.apply(&configuration, member) } catch {
                        throw fault(inner, "\(dotted): \(error.message)", error.hint)
                    }
                } else if Self.sections.contains(dotted), case .table = member {
                    try read(member, at: inner)
                } else if Self.sections.contains(dotted) {
                    throw fault(inner, "\(dotted): expected a table, found \(member.kindName)", nil)
                } else {
                    let known = Self.keys.keys.map { $0 } + Self.sections
                    throw fault(inner, "unknown key '\(dotted)'", NearestName.hint(dotted, in: known))
                }
            }
        }

        private mutating func readAgents(_ value: ConfigurationValue) throws(ConfigurationFault) {
            guard case .table(let agents) = value else { throw fault(["agents"], "agents: expected tables [agents.NAME]", nil) }
            for (name, member) in agents.sorted(by: { $0.key < $1.key }) {
                let path = ["agents", name]
                guard SafeName.isValid(name) else { throw fault(path, "'\(name)' cannot be an agent's name", SafeName.rule) }
                guard case .table(let settings) = member else { throw fault(path, "agents.\(name): expected a table", nil) }
                var kind = configuration.agents[name] ?? AgentKind(name: name, start: [])
                for (key, setting) in settings.sorted(by: { $0.key < $1.key }) {
                    guard let known = AgentKey.all.first(where: { $0.name == key }) else {
                        throw fault(
                            path + [key], "unknown key 'agents.\(name).\(key)'",
                            NearestName.hint(key, in: AgentKey.all.map(\.name)))
                    }
                    do throws(Complaint) { try known.apply(&kind, setting) } catch {
                        throw fault(path + [key], "agents.\(name).\(key): \(error.message)", error.hint)
                    }
                }
                guard !kind.start.isEmpty else {
                    throw fault(
                        path, "agents.\(name): a new kind needs `start`", NearestName.hint(name, in: configuration.agents.keys))
                }
                configuration.agents[name] = kind
            }
        }

        func check() throws(ConfigurationFault) {
            let kinds = configuration.agents.keys
            if configuration.agents[configuration.defaultAgent] == nil {
                throw fault(
                    ["queue", "default_agent"], "no agent kind '\(configuration.defaultAgent)'",
                    NearestName.hint(configuration.defaultAgent, in: kinds))
            }
            for name in configuration.limits.maxPerAgent.keys.sorted() where configuration.agents[name] == nil {
                throw fault(["queue", "max_per_agent"], "no agent kind '\(name)'", NearestName.hint(name, in: kinds))
            }
        }

        private func fault(_ path: [String], _ message: String, _ hint: String?) -> ConfigurationFault {
            ConfigurationFault(file: file, line: lines.line(path), message: message, hint: hint)
        }
    }
}
