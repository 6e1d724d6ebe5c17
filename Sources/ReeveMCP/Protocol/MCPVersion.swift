/// Revisions of the Model Context Protocol (modelcontextprotocol.io/specification, looked up 2026-11-21).
package enum MCPVersion: String, Sendable, CaseIterable, Comparable {
    case v2024_11_05 = "2024-11-05"
    case v2025_03_26 = "2025-03-26"
    case v2025_06_18 = "2025-06-18"
    case v2025_11_25 = "2025-11-25"
    /// Without a handshake: each request says its revision.
    case v2026_07_28 = "2026-07-28"

    /// Those that begin with `initialize`, the newest first.
    package static let withHandshake: [MCPVersion] = [.v2025_11_25, .v2025_06_18, .v2025_03_26, .v2024_11_05]
    /// Those of which each request carries its revision in `_meta`.
    package static let perRequest: [MCPVersion] = [.v2026_07_28]

    package static func < (a: MCPVersion, b: MCPVersion) -> Bool { a.rawValue < b.rawValue }

    /// Batches came with JSON-RPC and went with 2025-06-18.
    package var allowsBatches: Bool { self < .v2025_06_18 }
    /// Before 2025-11-25 an error always had an id; for a message whose id cannot be read it is null, as in JSON-RPC.
    package var wantsNullID: Bool { self < .v2025_11_25 }

    /// The names that the protocol has reserved in `_meta`.
    package enum Key {
        package static let version = "io.modelcontextprotocol/protocolVersion"
        package static let capabilities = "io.modelcontextprotocol/clientCapabilities"
        package static let server = "io.modelcontextprotocol/serverInfo"
    }
}
