import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@testable import ReeveCLI

@Suite struct MetaCommandTests {
    private static let status = #"{"status":{"text":"building","tone":"info","time":"2026-01-02T03:04:05.678Z"}}"#

    @Test(
        arguments: [
            ("37%", MetadataProgress.Amount.percent(37)), ("0%", .percent(0)), ("0.37", .fraction(3700)),
            ("1.0", .fraction(10_000)),
            ("3/8", .steps(3, of: 8)), ("1", nil), ("37", nil), ("", nil), ("%", nil), ("3/", nil), ("/8", nil), ("1/2/3", nil),
            ("0.5%", nil), ("1e-1", nil), ("0x1.8", nil), ("nan", nil), ("-0.5", nil),
        ] as [(String, MetadataProgress.Amount?)])
    func `the command line tells percent, fraction and steps apart by their signs`(
        text: String, amount: MetadataProgress.Amount?
    ) {
        #expect(Meta.SetProgress.read(text) == amount)
    }

    private static let addresses: [(options: [String], environment: [String: String], params: String)] = [
        (["--ticket", "B"], ["REEVE_TICKET": "A", "REEVE_SESSION": "s"], #""ticket":"B""#),
        (["--session", "t"], ["REEVE_TICKET": "A", "REEVE_SESSION": "s"], #""session":"t""#),
        ([], ["REEVE_TICKET": "A", "REEVE_SESSION": "s"], #""ticket":"A""#), ([], ["REEVE_SESSION": "s"], #""session":"s""#),
    ]

    @Test(arguments: addresses)
    func `whose it is comes from the options, then from the environment`(
        options: [String], environment: [String: String], params: String
    ) async throws {
        try await FakeDaemon.with(["metadata.status": Self.status]) { daemon in
            let arguments = [Programs.path("reeve"), "meta", "status", "building", "--socket", daemon.socket] + options
            let ran = await Ran.program(arguments, environment)
            #expect(ran.code == 0 && ran.text == "ℹ building\n", "\(ran)")
            #expect(daemon.requests.first?.params.contains(params) == true)
        }
    }

    private static let wrong: [(arguments: [String], code: Int32)] = [
        (["status", "x"], 3), (["progress", "1", "--ticket", "A"], 2), (["status", "x", "--ticket", "A", "--ttl", "8d"], 2),
        (["status", "x", "--ticket", "A", "--session", "s"], 2), (["notify", "x", "--ticket", "A", "--urgency", "high"], 2),
        (["clear", "everything", "--ticket", "A"], 2), (["status", "x", "--ticket", "A"], 3),
    ]

    @Test(arguments: wrong)
    func `what is wrong ends with its exit code`(arguments: [String], code: Int32) async {
        let ran = await Ran.program(
            [Programs.path("reeve"), "meta"] + arguments, ["REEVE_SOCKET": "/nonexistent/reeve.sock"])
        #expect(ran.code == code, "\(ran)")
    }

    @Test func `what is told stands behind the title, and all of it fits`() {
        var ticket = TicketShape()
        ticket.id = "FEAT-1"
        ticket.title = "Write the parser"
        ticket.metadata = MetadataShape()
        ticket.metadata?.status = MetadataStatusShape(MetadataStatus(text: "tests\u{1B} fail", tone: .error, time: Samples.now))
        ticket.metadata?.progress = MetadataProgressShape(MetadataProgress(amount: .steps(3, of: 8), time: Samples.now))
        ticket.metadata?.log = (1...12).map {
            MetadataLineShape(MetadataLine(number: $0, message: String(repeating: "w", count: 500), time: Samples.now))
        }
        let list = Sentences.tickets([ticket])
        #expect(list.contains("Write the parser  ✗ tests fail 3/8"))
        let shown = Sentences.ticket(ticket)
        #expect(shown.contains("says      ✗ tests fail") && shown.contains("███░░░░░░░ 3/8"))
        for line in (list + "\n" + shown + "\n" + Sentences.metadata(ticket.metadata ?? MetadataShape(), lines: 8))
            .split(separator: "\n")
        { #expect(Terminal.columns(String(line)) <= 80, "\(line)") }
        #expect(Sentences.metadata(ticket.metadata ?? MetadataShape(), lines: 8).contains("… 4 more before"))
    }

    @Test func `mcp answers on its pipes and ends with them`() async throws {
        let ran = await Ran.shell(
            #"printf '%s\n' '{"jsonrpc":"2.0","id":1,"method":"ping"}' | "$REEVE" mcp --socket /nonexistent/reeve.sock"#)
        #expect(ran.code == 0 && ran.text == #"{"jsonrpc":"2.0","id":1,"result":{}}"# + "\n", "\(ran)")
    }
}
