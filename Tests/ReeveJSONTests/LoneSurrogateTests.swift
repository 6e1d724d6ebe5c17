import ReeveJSON
import ReeveModel
import Testing

@Suite struct LoneSurrogateTests {
    @Test(arguments: [
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""a\ud83d\u0041b""#, "a\u{FFFD}Ab"),
        (#""\ud83d\ude00""#, "😀"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\n""#, "\u{FFFD}\n"),
        (#""\ud83d""#, "\u{FFFD}"),
    ])
    func `half a character is borne where that is asked for, and read as what stands for it`(text: String, value: String) throws {
        let document = try JSONDocument(Array(text.utf8), allowsLoneSurrogates: true)
        #expect(document.root.string == value)
    }
    @Test(arguments: ["\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\""]) func `the wire refuses it`(text: String) {
        #expect(throws: ReeveError.self) { try JSONDocument(Array(text.utf8)) }
    }
}
