import Foundation
import ReeveTestSupport
import Testing

/// What reloads leave behind in a daemon that runs for months.
@Suite(.serialized) struct ReloadMemorySerialTests {
    /// Bytes. The TOML library (TOMLKit 0.6.0) keeps each table, emptied, and a copy of each name and text that it hands out: of files
    /// of 500 to 3200 bytes four to five times their size. Beside that nothing stays that could be measured.
    private static func allowed(of file: Int) -> Int { 6 * file + 1024 }

    private static let reload = #"{"method":"system.reload"}"#

    @Test func `a reload leaves behind what the TOML library keeps of the file, and nothing else`() async throws {
        try await RealDaemon.with { d in
            let client = try LineClient(d.socket)
            func reload(_ times: Int) async throws {
                for _ in 0..<times { try #require(await client.ask(Self.reload)?.contains(#""changed":[]"#) == true) }
            }
            func anonymous() -> Int { ProcessFacts.memory(of: Int(d.pid))["Anonymous"] ?? 0 }
            // Until the allocator has what it needs for one.
            try await reload(200)
            let before = anonymous()
            try #require(before > 0)
            let times = 600
            try await reload(times)
            let grown = (anonymous() - before) * 1024
            // A sanitizer keeps what has been freed, to catch its use, and notes for it.
            let kept = ProcessInfo.processInfo.environment["REEVE_SANITIZER"] == nil ? 0 : 512 << 20
            let allowed = times * Self.allowed(of: ProcessFacts.size("\(d.scratch.path)/reeve.toml")) + kept
            #expect(grown < allowed, "\(grown) bytes for \(times) reloads, \(allowed) are allowed")
        }
    }
}
