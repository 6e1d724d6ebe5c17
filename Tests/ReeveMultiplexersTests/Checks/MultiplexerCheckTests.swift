import ReeveModel
import ReeveTestSupport
import Testing

@testable import ReeveMultiplexers

/// What is said of a multiplexer, without any program.
@Suite struct MultiplexerCheckTests {
    typealias Finding = MultiplexerCheck.Finding

    @Test(arguments: [
        ("20240203-110809-5046fc22", false), ("20230326-111934-3666303c", false), ("20221119-145034-49b9839f", true),
        ("0-unstable-2025-01-01", false), ("", false),
    ])
    func `a WezTerm without kill-pane is too old, and one that nobody knows is taken`(version: String, isTooOld: Bool) {
        #expect(WeztermVersion.isTooOld(version) == isTooOld)
    }

    @Test(arguments: [
        ("kitten 0.39.1", false), ("kitty 0.26.0", false), ("kitty 0.25.2", true), ("kitten 1.0", false), ("kitty", false),
        ("", false),
    ])
    func `a kitty of which nothing is known is named`(shown: String, isUntried: Bool) {
        #expect(KittyMultiplexer.isUntried(shown) == isUntried)
    }

    private static let work = ZellijAnswer.Session(name: "work", isExited: false)
    private static let dead = ZellijAnswer.Session(name: "work", isExited: true)

    @Test(
        arguments: [
            ([work], nil, true, "the session 'work' is there", nil), ([work], 2, true, "the session 'work' is there", nil),
            ([work], 0, nil, "no tab can be made while nobody is attached to 'work'", "zellij attach work"),
            ([dead], nil, false, "the session 'work' is dead", "zellij attach work"),
            ([], nil, false, "the Zellij session 'work' is not there", "start it: zellij --session work"),
        ] as [([ZellijAnswer.Session], Int?, Bool?, String, String?)])
    func `a person's Zellij session is there, dead, empty or missing`(
        sessions: [ZellijAnswer.Session], looking: Int?, isFine: Bool?, detail: String, mend: String?
    ) {
        let found = Self.zellij.finding(about: "work", in: sessions, looking: looking)
        #expect(found == Finding(isFine: isFine, detail: detail, mend: mend))
    }

    @Test(arguments: [
        (CmuxRefusal.down("nobody listens at /c.sock"), "nobody listens at /c.sock", "start cmux"),
        (.denied("Access denied"), "keeps reeved out: Access denied", "Settings > Automation"),
        (.unauthenticated("none is known"), "wants a password: none is known", "CMUX_SOCKET_PASSWORD"),
    ])
    func `each of cmux's refusals has what mends it`(refusal: CmuxRefusal, detail: String, mend: String) {
        let found = CmuxCheck.refused(CmuxRefusal.Told(refusal: refusal))
        #expect(found.isFine == false && found.detail == detail && found.mend?.contains(mend) == true, "\(found)")
    }

    @Test func `whom cmux's socket lets in needs no program, and an old cmux is named`() {
        let missing = Finding.fault("no program at /x", mend: "install it")
        let all = CmuxCheck.reached("by its socket", ["terminal.paste"], missing: nil)
        #expect(all == [.fine("answers by its socket")])
        let less = CmuxCheck.reached("by its socket", [], missing: missing)
        #expect(less.map(\.isFine) == [true, nil, nil])
        #expect(less.map(\.detail) == ["answers by its socket", "no program at /x", "takes texts of one line only"])
    }

    /// Names and paths of people are theirs; everything else leaves room for the mark and the name.
    @Test func `every sentence fits beside the name, and what mends it below`() {
        let programs = ["tmux", "screen", "zellij", "wezterm", "kitten"].map { name in
            (name == "kitten" ? "kitty" : name, ProgramCheck(multiplexer: name, binary: name, environment: [:]).missing)
        }
        let cmux = [
            Finding.fault(CmuxProgramLink.missing("cmux")), CmuxCheck.notInside,
            CmuxCheck.refused(CmuxRefusal.Told(refusal: .down(""))), CmuxCheck.refused(CmuxRefusal.Told(refusal: .denied(""))),
            CmuxCheck.refused(CmuxRefusal.Told(refusal: .unauthenticated(""))),
        ]
        let zellij =
            [ZellijMultiplexer.notInside]
            + [[], [Self.work], [Self.dead]].map {
                Self.zellij.finding(about: "work", in: $0, looking: 0)
            }
        let all =
            programs + (cmux + CmuxCheck.reached("by its command line", [], missing: cmux[0])).map { ("cmux", $0) }
            + zellij.map { ("zellij", $0) } + [KittyMultiplexer.untried, KittyMultiplexer.noSocket].map { ("kitty", $0) }
        for (name, finding) in all {
            #expect(DisplayWidth.columns("FAIL \(name): \(finding.detail)") <= 80, "\(finding)")
            #expect(DisplayWidth.columns("       \(finding.mend ?? "")") <= 80, "\(finding)")
            #expect(finding.isFine == true || finding.mend != nil, "\(finding)")
        }
    }

    private static let zellij = MultiplexersOfChecks(path: "", directory: "/").zellij(session: "work")
}
