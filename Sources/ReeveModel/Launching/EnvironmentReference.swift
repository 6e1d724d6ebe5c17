/// What agents take from the daemon's environment: names, never values.
package struct EnvironmentReference: Sendable, Hashable {
    package var kind: String
    /// The variable of the agent.
    package var name: String
    /// The daemon's variable that it refers to.
    package var source: String

    package init(kind: String, name: String, source: String) {
        self.kind = kind
        self.name = name
        self.source = source
    }

    /// Those of these kinds that refer to something, ordered by kind and name.
    package static func all(in kinds: some Sequence<AgentKind>) -> [EnvironmentReference] {
        kinds.sorted { $0.name < $1.name }.flatMap { kind in
            kind.environment.sorted { $0.key < $1.key }.compactMap { name, value in
                value.hasPrefix("$") ? EnvironmentReference(kind: kind.name, name: name, source: String(value.dropFirst())) : nil
            }
        }
    }

    /// Those that would make a start fail.
    ///
    /// - Parameter isSet: asked by name alone, so that no value has to come here.
    package static func missing(in kinds: some Sequence<AgentKind>, isSet: (String) -> Bool) -> [EnvironmentReference] {
        all(in: kinds).filter { !isSet($0.source) }
    }

    /// Secrets that stand in the configuration as they are, in place of a reference: the names.
    package static func literalSecrets(of kind: AgentKind) -> [String] {
        let secret = Set((kind.adapter?.variables ?? []).filter(\.isSecret).map(\.name))
        return kind.environment.filter { secret.contains($0.key) && !$0.value.hasPrefix("$") && !$0.value.isEmpty }.keys.sorted()
    }
}
