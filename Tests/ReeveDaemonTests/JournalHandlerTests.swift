import Logging
import Testing

@testable import ReeveDaemon

/// What a record of the log becomes for systemd's journal. That a field arrives there as one, whatever is in it, is seen at the socket:
/// `JournalCanarySerialTests`.
@Suite struct JournalHandlerTests {
    private func fields(
        _ level: Logger.Level = .info, _ message: String = "m", _ metadata: Logger.Metadata? = nil,
        standing: Logger.Metadata = [:]
    ) -> [String] {
        var handler = JournalHandler(label: "reeved", logLevel: .trace)
        for (key, value) in standing { handler[metadataKey: key] = value }
        return handler.fields(
            of: LogEvent(
                level: level, message: "\(message)", metadata: metadata, source: "test", file: #fileID, function: #function,
                line: #line))
    }

    @Test func `a record has its level, whose it is and its message`() {
        #expect(fields() == ["PRIORITY=6", "SYSLOG_IDENTIFIER=reeved", "REEVE_LOGGER=reeved", "MESSAGE=m"])
    }

    @Test(arguments: [
        (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
    ]) func `levels are those of syslog`(level: Logger.Level, priority: Int) {
        #expect(fields(level).first == "PRIORITY=\(priority)")
    }

    @Test func `each value is a field, and stands behind the message for people`() {
        let got = fields(
            .warning, "not launched", ["ticket": "A", "error": "no room"], standing: ["ticket": "B", "part": "queue"])
        #expect(
            got.dropFirst(3) == [
                "REEVE_ERROR=no room", "REEVE_PART=queue", "REEVE_TICKET=A",
                "MESSAGE=not launched (error: no room, part: queue, ticket: A)",
            ])
    }

    @Test func `a line break, an equals sign and another field's name in a value stay in that value`() {
        let value = "one\ntwo\nPRIORITY=0\nMESSAGE=forged\n\n=\u{0}end"
        let got = fields(.info, "said\nMESSAGE=forged", ["error": "\(value)"])
        #expect(got.count == 5)
        #expect(got.filter { $0.hasPrefix("PRIORITY=") } == ["PRIORITY=6"])
        #expect(got.contains("REEVE_ERROR=\(value)"))
        #expect(got.last == "MESSAGE=said\nMESSAGE=forged (error: \(value))")
    }

    @Test(arguments: [
        ("launch", "REEVE_LAUNCH"), ("two words", "REEVE_TWO_WORDS"), ("a=b", "REEVE_A_B"), ("a\nb", "REEVE_A_B"),
        ("größe", "REEVE_GR_SSE"), ("_own", "REEVE__OWN"), ("9", "REEVE_9"), ("", "REEVE_"),
        (String(repeating: "x", count: 100), "REEVE_" + String(repeating: "X", count: 58)),
    ]) func `a name is one that journald takes, whatever the key is`(key: String, name: String) {
        let got = fields(.info, "m", [key: "v"])
        #expect(got.count == 5 && got[3] == "\(name)=v", "\(got)")
        #expect(name.utf8.count <= 64 && name.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 })
    }

    @Test(arguments: [0, 1, 4096, 1_000_000]) func `a value of any size comes whole`(size: Int) {
        let value = String(repeating: "é", count: size)
        let got = fields(.info, "m", ["error": "\(value)"])
        #expect(got[3].utf8.count == "REEVE_ERROR=".utf8.count + 2 * size)
        #expect(got[4] == "MESSAGE=m (error: \(value))")
    }

    @Test(arguments: [nil, "", "x", "1:2", "1:2:3", ":", "-1:-1"] as [String?])
    func `what is not the journal's own stream is text`(variable: String?) {
        #expect(!LogOutput.isJournal(variable))
    }
}
