import ReeveModel
import Testing

@Suite struct EnvironmentReferenceTests {
    private let adapter = LaunchAdapter(
        name: "claude", program: "claude", version: VersionShape(), supported: ToolVersion(1, 0, 0), newest: ToolVersion(1, 0, 0),
        asOf: "2026-10", sources: [], ranges: [],
        variables: [ProviderVariable("KEY", "a key", isSecret: true), ProviderVariable("URL", "an address")])

    private func kind(_ environment: [String: String]) -> AgentKind {
        AgentKind(name: "claude", start: ["claude"], environment: environment, adapter: adapter)
    }

    @Test func `references that the daemon does not have are named, and it is asked by name alone`() {
        var asked: [String] = []
        let missing = EnvironmentReference.missing(in: [kind(["B": "$SET", "KEY": "$UNSET", "URL": "https://x"])]) { name in
            asked.append(name)
            return name == "SET"
        }
        #expect(missing == [EnvironmentReference(kind: "claude", name: "KEY", source: "UNSET")])
        #expect(asked == ["SET", "UNSET"])
    }

    @Test func `a secret that stands in the configuration is named, and its value is not`() {
        #expect(EnvironmentReference.literalSecrets(of: kind(["KEY": "sesame", "URL": "https://x"])) == ["KEY"])
        #expect(EnvironmentReference.literalSecrets(of: kind(["KEY": "$KEY"])).isEmpty)
        #expect(EnvironmentReference.literalSecrets(of: kind(["KEY": ""])).isEmpty)
    }
}
