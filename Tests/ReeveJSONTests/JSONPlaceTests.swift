import ReeveJSON
import Testing

/// Where things are in a text, for those who edit it.
@Suite struct JSONPlaceTests {
    @Test func `a value knows its bytes, a text with its quotes, a container with its brackets`() throws {
        let text = #" {"a": "é\n", "b":[1, {}] } "#
        let bytes = Array(text.utf8)
        let root = try JSONDocument(bytes).root
        func shown(_ view: JSONView?) -> String? { view.map { String(decoding: bytes[$0.range], as: UTF8.self) } }
        #expect(shown(root) == #"{"a": "é\n", "b":[1, {}] }"#)
        #expect(shown(root.member("a")) == #""é\n""#)
        #expect(shown(root.member("b")) == "[1, {}]")
        #expect(root.member("b")?.items.map { shown($0) } == ["1", "{}"])
        #expect(root.members.map { shown($0.key) } == [#""a""#, #""b""#])
        #expect(root.document.bytes == bytes)
    }

    @Test(arguments: [("{\"a\":1,}", 7), ("{\n// x\n}", 2), ("", 0), ("[1 2]", 3), ("{\"a\":\"\n\"}", 6)])
    func `a fault says at which byte it is`(text: String, offset: Int) {
        let fault = #expect(throws: JSONDocument.Fault.self) { try JSONDocument(scanning: Array(text.utf8)) }
        #expect(fault?.offset == offset)
    }
}
