import ReeveJSON
import ReeveModel
import ReeveWire
import Testing

@Suite struct PanesPlanTests {
    private func plan(_ json: String) throws -> String {
        let document = try JSONDocument(Array(json.utf8))
        let params = try PanesPlan.Params(reading: document.root, alsoAllowing: nil)
        return String(decoding: PanesPlan.Result(PanePlanner.plan(try params.question)).json, as: UTF8.self)
    }

    private let alone = #"{"id":"%0","left":0,"top":0,"width":200,"height":50}"#

    @Test func `a window and a wish make a decision, rectangles and the commands for tmux`() throws {
        let answer = try plan(
            #"{"window":{"width":200,"height":50,"panes":[\#(alone)]},"host":"%0","request":{"kind":"open","session":"s1"}}"#)
        #expect(answer.contains(#""decision":{"type":"spawn","targetPaneId":"%0"}"#))
        #expect(answer.contains(#""code":"fits""#) && answer.contains(#""capacity":4"#))
        #expect(answer.contains(#"{"id":"%0","left":0,"top":0,"width":119,"height":50}"#))
        #expect(answer.contains(#"{"id":"%new","left":120,"top":0,"width":80,"height":50}"#))
        #expect(
            answer.contains(##"["split-window","-d","-h","-P","-F","#{pane_id}","-t","%0"]"##) && answer.contains("select-layout")
        )
    }

    @Test func `what does not fit is put off, with the numbers`() throws {
        let pane = #"{"id":"%0","left":0,"top":0,"width":100,"height":40}"#
        let answer = try plan(
            #"{"window":{"width":100,"height":40,"panes":[\#(pane)]},"host":"%0","request":{"kind":"open","session":"s1"}}"#)
        #expect(
            answer.contains(#""type":"defer""#) && answer.contains(#""code":"no_room""#) && answer.contains(#""neededWidth":153"#)
        )
    }

    @Test func `a zoomed window that names no active pane is left for later, with the reason in the decision`() throws {
        let hidden = #"{"id":"%1","left":120,"top":0,"width":80,"height":50,"owner":"reeve"}"#
        let answer = try plan(
            #"{"window":{"width":200,"height":50,"zoomed":true,"panes":[\#(alone),\#(hidden)]},"host":"%0","#
                + #""request":{"kind":"open","session":"s1"}}"#)
        let sentence = "the window is zoomed and shows one pane only, so nothing is moved in it now"
        #expect(answer.contains(#""decision":{"type":"defer","reason":"\#(sentence)"}"#), "\(answer)")
        #expect(answer.contains(#""reason":{"code":"zoomed","sentence":"\#(sentence)"}"#), "\(answer)")
    }

    @Test func `a request that is passed over has its reason in the decision`() throws {
        let answer = try plan(
            #"{"window":{"width":200,"height":50,"panes":[\#(alone)]},"host":"%7","request":{"kind":"open","session":"s1"}}"#)
        #expect(
            answer.contains(#""decision":{"type":"skip","reason":"the main pane %7 is not in this window"}"#), "\(answer)")
    }

    @Test(arguments: [
        (#","owner":"other""#, #""foreignPanes":1,"otherInstancePanes":1,"isDivided":true"#),
        ("", #""foreignPanes":1,"otherInstancePanes":0,"isDivided":true"#),
        (#","owner":"me""#, #""foreignPanes":0,"otherInstancePanes":0,"isDivided":false"#),
    ])
    func `whose panes are in the way, and whether they stand in between, is in the numbers`(
        owner: String, numbers: String
    ) throws {
        let panes = [
            #"{"id":"%0","left":0,"top":0,"width":120,"height":50}"#,
            #"{"id":"%1","left":121,"top":0,"width":60,"height":50\#(owner)}"#,
            #"{"id":"%2","left":182,"top":0,"width":60,"height":50,"owner":"me"}"#,
        ].joined(separator: ",")
        let answer = try plan(
            #"{"window":{"width":242,"height":50,"panes":[\#(panes)]},"host":"%0","instance":"me","#
                + #""request":{"kind":"open","session":"s1"}}"#)
        #expect(answer.contains(numbers), "\(answer)")
    }

    @Test(arguments: [
        (#"{"kind":"open"}"#, "$.request.session"), (#"{"kind":"arrange","session":"x"}"#, "$.request.session"),
        (#"{"kind":"move","session":"x"}"#, "request"),
    ])
    func `a request that is none says where`(request: String, path: String) throws {
        let error = #expect(throws: ReeveError.self) {
            try plan(#"{"window":{"width":200,"height":50,"panes":[\#(alone)]},"host":"%0","request":\#(request)}"#)
        }
        #expect(error?.kind == .invalidParams && error?.path?.contains(path) == true, "\(String(describing: error))")
    }

    @Test func `a session's time that is none says where`() throws {
        let error = #expect(throws: ReeveError.self) {
            try plan(
                #"{"window":{"width":200,"height":50,"panes":[\#(alone)]},"host":"%0","request":{"kind":"arrange"},"sessions":[{"session":"s","pane":"%1","createdAt":"yesterday"}]}"#
            )
        }
        #expect(error?.path == "$.sessions[0].createdAt")
    }
}
