import Foundation
import ReeveAgents
import ReeveModel
import ReeveTOML

/// Reads a configuration file. Every fault names the file, the line and what was probably meant; a file with a fault changes nothing.
package enum ConfigurationLoader {
    /// The daemon's file. One that somebody named must be there.
    package static func load(_ directories: Directories) throws(ConfigurationFault) -> Configuration {
        try load(directories.configuration, mustExist: directories.namesConfiguration, home: directories.home)
    }

    /// - Parameters:
    ///   - path: need not exist unless `mustExist`; then all defaults hold.
    ///   - home: what `~` stands for.
    package static func load(
        _ path: String, mustExist: Bool = false, home: String = NSHomeDirectory()
    ) throws(ConfigurationFault) -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            if mustExist || FileManager.default.fileExists(atPath: path) {
                let message = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "there is no such file"
                throw ConfigurationFault(file: path, line: nil, message: message, hint: nil)
            }
            return Configuration(kinds: ShippedKinds.all)
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationFault(file: path, line: nil, message: "is not UTF-8", hint: nil)
        }
        return try parse(text, file: path, home: home)
    }

    package static func parse(
        _ text: String, file: String, home: String = NSHomeDirectory()
    ) throws(ConfigurationFault) -> Configuration {
        let read: TOMLText
        do throws(TOMLText.Fault) { read = try TOMLText(text) } catch {
            throw ConfigurationFault(file: file, line: error.line, message: error.message, hint: nil)
        }
        var reader = Reader(file: file, home: home, lines: read.lines, configuration: Configuration(kinds: ShippedKinds.all))
        try reader.read(read.root, at: [])
        try reader.check()
        return reader.configuration
    }

    private struct Reader {
        let file: String
        let home: String
        let lines: KeyLines
        var configuration: Configuration

        private static let keys = Dictionary(uniqueKeysWithValues: ConfigurationKeys.all.map { ($0.name, $0) })
        /// `queue`, `sessions`, `sessions.tmux`, …
        private static let sections: Set<String> = Set(
            keys.keys.flatMap { name in
                let parts = name.split(separator: ".")
                return (1..<parts.count).map { parts[..<$0].joined(separator: ".") }
            } + ["agents", "delegators", "notifications.webhook"])

        mutating func read(_ value: TOMLTree, at path: [String]) throws(ConfigurationFault) {
            guard case .table(let members) = value else { return }
            for name in members.keys.sorted(by: { lines.line(path + [$0]) ?? 0 < lines.line(path + [$1]) ?? 0 }) {
                guard let member = members[name] else { continue }
                let inner = path + [name]
                let dotted = inner.joined(separator: ".")
                if dotted == "agents" {
                    try readAgents(member)
                } else if dotted == "delegators" {
                    try readTables(member, inner, DelegatorKey.all.map { ($0.name, $0.apply) }, \.delegators) { name in
                        Delegator(name: name, agent: "")
                    }
                } else if dotted == "notifications.webhook" {
                    try readTables(member, inner, WebhookKey.all.map { ($0.name, $0.apply) }, \.notifications.webhooks) { _ in
                        NotificationKeys.Webhook()
                    }
                } else if let key = Self.keys[dotted] {
                    do throws(Complaint) { try key.apply(&configuration, member) } catch {
                        throw fault(inner + error.member, "\(dotted): \(error.message)", error.hint)
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

        /// `[PATH.NAME]`, one table for each name.
        private mutating func readTables<Value>(
            _ value: TOMLTree, _ path: [String],
            _ keys: [(name: String, apply: @Sendable (inout Value, TOMLTree) throws(Complaint) -> Void)],
            _ place: WritableKeyPath<Configuration, [String: Value]>, _ make: (String) -> Value
        ) throws(ConfigurationFault) {
            let dotted = path.joined(separator: ".")
            guard case .table(let tables) = value else { throw fault(path, "\(dotted): expected tables [\(dotted).NAME]", nil) }
            for (name, member) in tables.sorted(by: { $0.key < $1.key }) {
                guard SafeName.isValid(name) else { throw fault(path + [name], "'\(name)' cannot be a name", SafeName.rule) }
                guard case .table(let settings) = member else {
                    throw fault(path + [name], "\(dotted).\(name): expected a table", nil)
                }
                var made = make(name)
                for (key, setting) in settings.sorted(by: { $0.key < $1.key }) {
                    guard let known = keys.first(where: { $0.name == key }) else {
                        throw fault(
                            path + [name, key], "unknown key '\(dotted).\(name).\(key)'",
                            NearestName.hint(key, in: keys.map(\.name)))
                    }
                    do throws(Complaint) { try known.apply(&made, setting) } catch {
                        throw fault(path + [name, key] + error.member, "\(dotted).\(name).\(key): \(error.message)", error.hint)
                    }
                }
                configuration[keyPath: place][name] = made
            }
        }

        private mutating func readAgents(_ value: TOMLTree) throws(ConfigurationFault) {
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
                        throw fault(path + [key] + error.member, "agents.\(name).\(key): \(error.message)", error.hint)
                    }
                }
                guard !kind.start.isEmpty else {
                    throw fault(
                        path, "agents.\(name): a new kind needs `start`", NearestName.hint(name, in: configuration.agents.keys))
                }
                if let secret = EnvironmentReference.literalSecrets(of: kind).first {
                    throw fault(
                        path + ["env", secret], "agents.\(name).env: \(secret) is a secret, and stands here as it is",
                        #"set it in the daemon's environment, and write \#(secret) = "$\#(secret)""#)
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
            for (name, delegator) in configuration.delegators.sorted(by: { $0.key < $1.key }) {
                guard !delegator.agent.isEmpty else {
                    throw fault(["delegators", name], "delegators.\(name): needs `agent`", nil)
                }
                if configuration.agents[delegator.agent] == nil {
                    throw fault(
                        ["delegators", name, "agent"], "no agent kind '\(delegator.agent)'",
                        NearestName.hint(delegator.agent, in: kinds))
                }
            }
            for (name, hook) in configuration.notifications.webhooks.sorted(by: { $0.key < $1.key }) where hook.url.isEmpty {
                throw fault(["notifications", "webhook", name], "notifications.webhook.\(name): needs `url`", nil)
            }
            for name in configuration.limits.maxPerAgent.keys.sorted() where configuration.agents[name] == nil {
                throw fault(["queue", "max_per_agent", name], "no agent kind '\(name)'", NearestName.hint(name, in: kinds))
            }
            let file = AgentEnvironment.expand(configuration.tmuxConfig, home: home)
            if !file.isEmpty, !FileManager.default.isReadableFile(atPath: file) {
                throw fault(
                    ["sessions", "tmux", "config_file"], "sessions.tmux.config_file: '\(file)' does not exist or cannot be read",
                    "leave it empty for Reeve's own")
            }
        }

        private func fault(_ path: [String], _ message: String, _ hint: String?) -> ConfigurationFault {
            ConfigurationFault(file: file, line: lines.line(path), message: message, hint: hint)
        }
    }
}
