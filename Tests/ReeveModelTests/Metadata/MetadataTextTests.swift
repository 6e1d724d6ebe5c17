import ReeveModel
import ReeveTestSupport
import Testing

@Suite struct MetadataTextTests {
    @Test(arguments: [
        ("abc", "abc"), ("  abc  ", "abc"), ("a\nb", "a b"), ("a\r\nb", "a  b"), ("a\tb", "a b"), ("a\u{2028}b", "a b"),
        ("\u{1B}[31mred", "[31mred"), ("\u{202E}evil", "evil"), ("\u{9B}2J", "2J"), ("a\u{200B}b", "ab"), ("\u{0}", ""),
        ("\u{1B}]0;title\u{7}", "]0;title"), ("\u{E0041}tag", "tag"),
    ])
    func `text becomes one line that does nothing but be seen`(text: String, line: String) {
        #expect(MetadataText.line(text, limit: 100) == line)
    }

    @Test(arguments: [
        (MetadataText.status, 100), (MetadataText.label, 100), (MetadataText.message, 500), (MetadataText.source, 50),
        (MetadataText.title, 100),
    ])
    func `what is too long is cut, with an ellipsis as its last character`(limit: Int, characters: Int) {
        #expect(limit == characters)
        #expect(MetadataText.line(String(repeating: "x", count: limit), limit: limit).count == limit)
        let cut = MetadataText.line(String(repeating: "x", count: limit + 1), limit: limit)
        #expect(cut == String(repeating: "x", count: limit - 1) + "…")
    }

    @Test func `a character with ten thousand marks on it is cut by its bytes`() {
        let tower = "a" + String(repeating: "\u{0301}", count: 10_000)
        let cut = MetadataText.line("b" + tower, limit: 100)
        #expect(cut == "b…" && cut.utf8.count <= 800)
    }

    @Test func `emoji and wide letters count as one character each`() {
        #expect(MetadataText.line(String(repeating: "家", count: 100), limit: 100).count == 100)
        #expect(MetadataText.line("👍🏽", limit: 1) == "👍🏽")
    }

    @Test func `lines of every kind are cut at their own limits`() throws {
        let long = String(repeating: "y", count: 5000)
        var board = MetadataBoard()
        _ = try board.set(status: long, tone: .info, now: Samples.now)
        _ = try board.set(progress: .percent(1), label: long, now: Samples.now)
        _ = try board.add(line: long, tone: .info, source: long, now: Samples.now)
        let outcome = try board.notify(long, title: long, urgency: .normal, now: Samples.now)
        #expect(board.status?.text.count == 100 && board.progress?.label?.count == 100)
        #expect(board.log[0].message.count == 500 && board.log[0].source?.count == 50 && board.log[1].message.count == 500)
        guard case .notify(let notice)? = outcome.facts.first else {
            Issue.record("no notification")
            return
        }
        #expect(notice.title?.count == 100 && notice.body.count == 500)
    }
}
