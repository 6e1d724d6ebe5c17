import ReeveTOML
import Testing

@Suite struct KeyLinesTests {
    private static let text = """
        name = "x"

        [[steps]]
        name = "a"
        reject = { to = "b", text = "c" }

        [[steps]]
        name = "b"
        [steps.visual]
        url = "u"
        [[steps.items]]
        n = 1
        [[steps.items]]
        n = 2

        [[steps]]
        list = [
          { n = 1 },

          { n = 2 },
        ]
        """

    @Test(arguments: [
        (["name"], 1), (["steps"], 3), (["steps", "0"], 3), (["steps", "0", "name"], 4), (["steps", "0", "reject", "to"], 5),
        (["steps", "0", "nothing"], 3), (["steps", "1", "name"], 8), (["steps", "1", "visual", "url"], 10),
        (["steps", "1", "items", "0", "n"], 12), (["steps", "1", "items", "1", "n"], 14), (["steps", "2"], 16),
        (["steps", "2", "list", "0", "n"], 18), (["steps", "2", "list", "1"], 20), (["steps", "2", "list", "1", "n"], 20),
    ])
    func `each key is found on its line, in lists by its place`(path: [String], line: Int) throws {
        #expect(try TOMLText(Self.text).lines.line(path) == line)
    }

    @Test func `a text of several lines says where its first one is, unless lines are folded`() throws {
        let text = #"""
            a = "one"
            b = """
            two
            three"""
            c = """two
            three"""
            d = '''
            \
            '''
            e = """
            one \
            two
            """
            """#
        let lines = try TOMLText(text).lines
        #expect(lines.textLine(["a"]) == nil)
        #expect(lines.textLine(["b"]) == 3)
        #expect(lines.textLine(["c"]) == 5)
        #expect(lines.textLine(["d"]) == 8)
        #expect(lines.textLine(["e"]) == nil)
        #expect(lines.line(["e"]) == 10)
    }
}
