import ReeveTOML
import Testing

@Suite struct TOMLTextTests {
    @Test(arguments: [
        ("a = ", 1), ("a = 1\na = 2", 2), ("a = 1\nb = \"\\u0000\"", 2), ("a = 1\n\nb = \"\u{0}\"", 3),
        ("a = 1\nb = " + String(repeating: "[", count: 20), 2),
    ])
    func `a text that is wrong is refused with its line`(text: String, line: Int) {
        let fault = #expect(throws: TOMLText.Fault.self) { try TOMLText(text) }
        #expect(fault?.line == line)
    }

    /// In lists a brace that closes and some line breaks of Unicode were the end of the process, in the library's parser.
    @Test(arguments: [
        "a = [}", "a = [1, }", "a = [\n# }\n}", "a = [{ b = 1 }, }]", "a = {]", "a = { b = ] }", "[a}", "a = }", "a = ]", "a = ,",
        "a = [,]",
        "a = { b = } }", "a = { b = , }", "a = \u{b}", "a = [\u{b}]", "a = [\u{c}]", "a = [\u{a0}]", "a = [\u{2028}]",
        "a = [\u{85}]", "a = [1, \u{2029}]",
        "a = [\u{feff}]", "a = {\u{b}}", "a = { b = \u{2028} }", "a = #", "a = [ #", "}", "]", "a = [\r]", "a = \r", "[[a]",
        "[a]]", "a = {{",
    ])
    func `no bracket and no blank at a value's place ends the process`(text: String) {
        #expect(throws: Never.self) { try TOMLText("a = '\u{2028}}]\u{85}' # }]\u{2029}") }
        for text in [text, "x = 1\n" + text + "\n"] {
            #expect(throws: TOMLText.Fault.self) { try TOMLText(text) }
        }
    }
}
