import ReeveJSON
import ReeveModel
import Testing

@Suite struct JSONTests {
    private func document(_ text: String) throws -> JSONView { try JSONDocument(Array(text.utf8)).root }

    @Test func `values are found by name, in their order, with escapes resolved`() throws {
        let root = try document(#" {"a":1,"b":[true,null,"x\n\u00e9\ud83d\ude00"],"c":{"d":-0.5e3}} "#)
        #expect(root.member("a")?.integer == 1)
        let items = try #require(root.member("b")).items
        #expect(items.map(\.kind) == [.literalTrue, .literalNull, .string])
        #expect(items[2].string == "x\né😀")
        #expect(root.members.map { $0.key.string } == ["a", "b", "c"])
        #expect(root.member("c")?.member("d")?.integer == nil)
        #expect(root.member("z") == nil)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "[1 2]", "nul", "tru", "01", "-", "1.", "1e", "+1", "\"",
        "\"\\x\"",
        "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\t\"", "[1]x", "{\"a\":1}{}", "'a'", "NaN", "{,}",
        "[,1]", "\u{FEFF}1",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: ReeveError.self) { try document(text) }
    }

    @Test(
        arguments: [
            [0xFF], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22],
            [0xFF, 0xFE, 0x31, 0x00], [0x22, 0x80, 0x22],
        ] as [[UInt8]])
    func `what is not UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: ReeveError.self) { try JSONDocument(bytes) }
    }

    @Test func `nesting ends at 64, and a hundred thousand brackets cost nothing`() throws {
        #expect(throws: Never.self) { try document(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) }
        #expect(throws: ReeveError.self) { try document(String(repeating: "[", count: 65) + String(repeating: "]", count: 65)) }
        #expect(throws: ReeveError.self) { try document(String(repeating: "[", count: 100_000)) }
        #expect(throws: ReeveError.self) { try document(String(repeating: "{\"a\":", count: 100_000)) }
    }

    /// A scan that looks at what it has seen again takes minutes here.
    @Test(arguments: ["[", "{\"a\":", "[[", "\"\\u0041", "\"\u{E9}", "1", "1e", " ", "[1,", "{\"a\":1,", "-", "\""])
    func `a long line of anything is judged in one pass`(unit: String) {
        _ = try? document(String(repeating: unit, count: (256 << 10) / unit.utf8.count))
    }

    @Test(arguments: ["1.0", "1e3", "9223372036854775808", "1e999", "-9223372036854775809"])
    func `numbers that are no 64-bit integers are not taken for one`(text: String) throws {
        #expect(try document(text).integer == nil)
    }

    /// Random strings through the writer and back: the same text, on one line.
    @Test func `what is written is read back`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let scalars = (0..<Int.random(in: 0...40, using: &generator)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x2FFF, using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars))
            var writer = JSONWriter()
            writer.value(text)
            #expect(!writer.bytes.contains(10))
            #expect(try JSONDocument(writer.bytes).root.string == text)
        }
    }

    /// Unicode holds the Kelvin sign and K to be one letter; a name written with it, escaped or not, is another name.
    @Test(arguments: [#"{"\u212a":1}"#, "{\"\u{212A}\":1}"])
    func `names are compared by their bytes`(text: String) throws {
        #expect(try document(text).member("K") == nil)
        #expect(try document(#"{"\u004b":1}"#).member("K")?.integer == 1)
    }

    /// Random bytes: an answer or an error, never a trap.
    @Test func `random bytes never trap`() {
        let alphabet = Array("{}[]\",:0123456789.eE+-truefalsn\\u \u{E9}".utf8)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0
            }
            _ = try? JSONDocument(bytes)
        }
    }
}
