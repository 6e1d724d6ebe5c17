import ReeveModel
import Testing

@Suite struct TmuxLayoutTextTests {
    /// As tmux 3.3a printed them.
    @Test(arguments: [
        "ac9d,200x50,0,0,0", "21be,200x50,0,0{100x50,0,0,0,99x50,101,0[99x25,101,0,1,99x24,101,26,2]}",
        "742b,200x50,0,0{50x50,0,0,0,49x50,51,0,3,99x50,101,0[99x12,101,0,4,99x12,101,13,1,99x24,101,26,2]}",
        "1a1d,200x50,0,0[200x47,0,0,0,200x2,0,48,5]", "fbd4,200x50,0,0[200x47,0,0,0,200x2,0,48{100x2,0,48,5,99x2,101,48,6}]",
    ])
    func `what tmux prints is read and written again`(text: String) throws {
        let tree = try #require(TmuxLayoutText.read(text))
        #expect(TmuxLayoutText.write(tree) == text)
        guard case .tree(let built) = PaneLayoutBuilding.build(tree.leaves, in: tree.rectangle) else {
            Issue.record("not built")
            return
        }
        #expect(built == tree)
    }

    @Test(arguments: [
        "", "ac9d", "ac9d,", "ac9e,200x50,0,0,0", "zzzz,200x50,0,0,0", "+c9d,200x50,0,0,0", "{", "200x50,0", "200x50,0,0,0,",
        "0x0",
        "200x50,0,0{}", "200x50,0,0{200x50,0,0,0}", "200x50,0,0{100x50,0,0,0,98x50,101,0,1}",
        "200x50,0,0{100x50,0,0,0,99x50,101,0,1]",
        "99999999999x1,0,0,1", "3x1,0,0{1x1,0,0,1,1x1,2,0,2}x",
    ])
    func `what is no layout is not read`(text: String) {
        #expect(TmuxLayoutText.read(text) == nil)
        let sum = String(TmuxLayoutText.checksum(Array(text.utf8)), radix: 16)
        #expect(TmuxLayoutText.read(String(repeating: "0", count: 4 - sum.count) + sum + "," + text) == nil)
    }

    @Test func `brackets without end are not followed without end`() {
        let text = String(repeating: "1x1,0,0{", count: 20_000)
        let sum = String(TmuxLayoutText.checksum(Array(text.utf8)), radix: 16)
        #expect(TmuxLayoutText.read(String(repeating: "0", count: 4 - sum.count) + sum + "," + text) == nil)
    }

    @Test func `a window is made from a layout and the list of panes`() {
        let text = "21be,200x50,0,0{100x50,0,0,0,99x50,101,0[99x25,101,0,1,99x24,101,26,2]}"
        let window = PaneWindow(layout: text, panes: [("%0", nil), ("%1", "me"), ("%2", "me")], isZoomed: true, activePane: "%1")
        #expect(window?.width == 200 && window?.panes[2].rectangle == PaneRectangle(left: 101, top: 26, width: 99, height: 24))
        #expect(window?.isZoomed == true && window?.panes.map(\.owner) == [nil, "me", "me"])
        #expect(PaneWindow(layout: text, panes: [("%0", nil), ("%1", nil)]) == nil)
        #expect(PaneWindow(layout: text, panes: [("%0", nil), ("%1", nil), ("%3", nil)]) == nil)
    }
}
