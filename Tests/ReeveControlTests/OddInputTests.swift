import Foundation
import ReeveTestSupport
import Testing

/// The rows of "Odd input" in `docs/protocol.md`, each with bytes that it speaks of and the answer that they get.
@Suite struct OddInputTests {
    private enum Answer {
        case kind(String)
        case exactly(String)
        case nothing
    }

    private struct Odd {
        var bytes: [UInt8]
        var answer: Answer

        init(_ text: String, _ answer: Answer) { self.init(Array(text.utf8), answer) }
        init(_ bytes: [UInt8], _ answer: Answer) {
            self.bytes = bytes
            self.answer = answer
        }
    }

    private static let ping = #"{"method":"system.ping"}"#
    private static let pong = #"{"result":{"pong":true}}"#

    /// A request with something odd where its text would be.
    private static func echo(_ odd: [UInt8], _ answer: Answer) -> Odd {
        Odd(Array(#"{"method":"test.echo","params":{"text":"#.utf8) + odd + Array("}}".utf8), answer)
    }
    private static func echo(_ odd: String, _ answer: Answer) -> Odd { echo(Array(odd.utf8), answer) }
    private static func number(_ odd: String, _ answer: Answer) -> Odd {
        Odd(#"{"method":"test.number","params":{"number":\#(odd)}}"#, answer)
    }
    private static func id(_ odd: String, _ answer: Answer) -> Odd { Odd(#"{"method":"system.ping","id":\#(odd)}"#, answer) }
    private static func echoed(_ id: String) -> Odd { Self.id(id, .exactly(#"{"id":\#(id),"result":{"pong":true}}"#)) }

    private static let deepArray = String(repeating: "[", count: 100_000)
    private static let deepObject = String(repeating: #"{"a":"#, count: 100_000)

    private static let rows: [String: [Odd]] = [
        "an empty line, or one of spaces, tabs and CRs": [Odd("", .nothing), Odd("\r", .nothing), Odd(" \t \r", .nothing)],
        "a line that ends with CR LF": [Odd(ping + "\r", .exactly(pong))],
        "more than one text on a line": [Odd(ping + ping, .kind("parse_error")), Odd(ping + "x", .kind("parse_error"))],
        "a byte order mark, UTF-16, UTF-32": [
            Odd([0xEF, 0xBB, 0xBF] + Array(ping.utf8), .kind("parse_error")),
            Odd(Array(ping.utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .kind("parse_error")),
            Odd(Array(ping.utf8).flatMap { [0, 0, 0, $0] }, .kind("parse_error")),
        ],
        "bytes that are not UTF-8": [
            [0xFF], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ].map { echo([0x22] + $0 + [0x22], .kind("parse_error")) } + [Odd([0xFF], .kind("parse_error"))],
        "NUL or another control character as it is": [
            echo("\"\u{0}\"", .kind("parse_error")), echo("\"\u{1B}\"", .kind("parse_error")), Odd("\u{0}", .kind("parse_error")),
            Odd(ping + "\u{0}", .kind("parse_error")),
        ],
        #"`\u0000`"#: [
            echo(#""a\u0000b""#, .kind("invalid_params")), echoed(#""\u0000""#),
            Odd(#"{"method":"\u0000"}"#, .kind("unknown_method")),
            Odd(#"{"method":"system.ping","params":{"\u0000":1}}"#, .kind("invalid_params")),
            Odd(#"{"method":"system.ping","\u0000":1}"#, .kind("invalid_request")),
        ],
        #"half of a surrogate pair (`\ud83d`, `\ude00`, or both in the wrong order)"#: [
            #"\ud83d"#, #"\ude00"#, #"\ude00\ud83d"#, #"\ud83d\u0041"#, #"\ud83dx"#, #"\ud83d\ud83d"#, #"\uD83D\n"#,
        ].map { echo("\"\($0)\"", .kind("parse_error")) } + [id(#""\ud83d""#, .kind("parse_error"))],
        "`0123`, `1.`, `.5`, `+1`, `0x1`, `NaN`, `Infinity`": [
            "0123", "-01", "1.", ".5", "+1", "0x1", "NaN", "Infinity", "-Infinity", "1e", "1e+", "-", "--1", "1_000", "١",
        ].flatMap { [number($0, .kind("parse_error")), id($0, .kind("parse_error"))] },
        "`1e999`, `1e-999`, `1.0`, `99999999999999999999` where an integer belongs": [
            "1e999", "-1e999", "1e-999", "1.0", "1e2", "99999999999999999999", "9223372036854775808", "-9223372036854775809",
        ].map { number($0, .kind("invalid_params")) },
        "`-0` where an integer belongs": [number("-0", .exactly(#"{"result":{"number":0}}"#))],
        "a number, a string or `null` as `id`": [
            "1e999", "-0", "1e-999", "99999999999999999999", "0.10", "\"\"", #""\ud83d\ude00\/é""#, "null",
            "\"\(String(repeating: "i", count: 100_000))\"", "1" + String(repeating: "0", count: 5000),
        ].map { echoed($0) },
        "`true`, an object or an array as `id`": ["true", "false", "{}", "[1]", #"{"id":1}"#].map {
            id($0, .kind("invalid_request"))
        },
        "a member that is there twice, however its name is written": [
            Odd(#"{"method":"system.ping","method":"system.ping"}"#, .kind("invalid_request")),
            Odd(#"{"method":"system.ping","m\u0065thod":"test.fail"}"#, .kind("invalid_request")),
            Odd(#"{"method":"system.ping","id":1,"id":1}"#, .kind("invalid_request")),
            Odd(#"{"method":"system.ping","params":{},"params":{}}"#, .kind("invalid_request")),
            Odd(#"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"system.ping"}"#, .kind("invalid_request")),
            Odd(#"{"method":"test.echo","params":{"text":"a","text":"a"}}"#, .kind("invalid_params")),
            Odd(#"{"method":"test.echo","params":{"text":"a","\u0074ext":"b"}}"#, .kind("invalid_params")),
            Odd(
                #"{"method":"test.count","params":{"text":"a","idempotencyKey":"a","idempotencyKey":"b"}}"#,
                .kind("invalid_params")),
        ],
        "a letter that only looks like one of a name, escaped or not": [
            // The Kelvin sign, which Unicode holds to be the same as K.
            Odd(#"{"method":"test.count","params":{"text":"a","idempotency\u212aey":"a"}}"#, .kind("invalid_params")),
            Odd(
                "{\"method\":\"test.count\",\"params\":{\"text\":\"a\",\"idempotency\u{212A}ey\":\"a\"}}", .kind("invalid_params")
            ),
        ],
        "nesting deeper than 64, wherever it is": [
            Odd(deepArray, .kind("parse_error")), Odd(deepObject, .kind("parse_error")), echo(deepArray, .kind("parse_error")),
            Odd(#"{"method":"system.ping","id":"# + deepArray, .kind("parse_error")),
            Odd(#"{"method":"system.ping","params":"# + deepObject, .kind("parse_error")),
            Odd(#"{"method":"system.ping","ignored":"# + deepArray, .kind("parse_error")),
            Odd(#"{"method":"system.ping","params":{"ignored":"# + deepObject, .kind("parse_error")),
            Odd(#"{"method":"# + deepArray, .kind("parse_error")),
            Odd("[" + String(repeating: #"{"params":["#, count: 50_000), .kind("parse_error")),
            echo(String(repeating: "[", count: 62) + String(repeating: "]", count: 62), .kind("invalid_params")),
            echo(String(repeating: "[", count: 63) + String(repeating: "]", count: 63), .kind("parse_error")),
        ],
        "a text that is no object and no array": ["1", "\"x\"", "null", "true", "-0", "1e999"].map {
            Odd($0, .kind("invalid_request"))
        },
        "`params` that is an array": [Odd(#"{"method":"system.ping","params":[]}"#, .kind("invalid_params"))],
        "`params` that is `null`, a number, a string or a boolean": ["null", "1", "\"\"", "true"].map {
            Odd(#"{"method":"system.ping","params":\#($0)}"#, .kind("invalid_request"))
        },
        "`method` that is no string, or not there": [
            Odd(#"{"method":null}"#, .kind("invalid_request")), Odd(#"{"method":1}"#, .kind("invalid_request")),
            Odd("{}", .kind("invalid_request")), Odd(#"{"method":""}"#, .kind("unknown_method")),
        ],
        "`jsonrpc` other than `\"2.0\"`": ["2.0", "\"1.0\"", "\"2\"", "null"].map {
            Odd(#"{"jsonrpc":\#($0),"id":1,"method":"system.ping"}"#, .kind("invalid_request"))
        },
        "a batch without items, or an array in a batch": [
            Odd("[]", .kind("invalid_request")), Odd("[[]]", .kind("invalid_request")),
        ],
        "a batch of more than 256": [
            Odd("[" + [String](repeating: ping, count: 257).joined(separator: ",") + "]", .kind("busy"))
        ],
        "a line of more than 1 MiB, with its newline": [(1 << 20) + 1, (1 << 20) + 2, 3 << 20].map {
            Odd([UInt8](repeating: 0x20, count: $0 - 1), .kind("too_large"))
        } + [Odd([UInt8](repeating: 0x20, count: (1 << 20) - 1), .nothing)],
    ]

    @Test(arguments: rows.keys.sorted())
    func `an odd line gets the answer that the documents say, and the connection lives on`(row: String) async throws {
        try await TestServer.with { server in
            for odd in try #require(Self.rows[row]) {
                let client = try server.client()
                client.flood(odd.bytes + [10])
                let shown = String(decoding: odd.bytes.prefix(200), as: UTF8.self)
                switch odd.answer {
                case .nothing: break
                case .kind(let kind): #expect(await client.line()?.contains(#""kind":"\#(kind)""#) == true, "\(shown)")
                case .exactly(let text): #expect(await client.line() == text, "\(shown)")
                }
                #expect(await client.ask(Self.ping) == Self.pong, "\(shown)")
            }
            #expect(server.count == 0)
        }
    }

    /// The rows of the second table, each with the test of it in `HostileClientTests`.
    private static let clients = [
        "sends slowly, or nothing": "a client that sends one byte after the other is answered, and delays nobody",
        "never reads": "a client that never reads delays nobody and does not make the server grow",
        "vanishes in the middle of a line": "a client that vanishes in the middle of a line has asked for nothing",
        "vanishes before its answer": "a command is carried out when its client vanishes before the answer",
        "is stopped while subscribed": "a subscriber that stops reading and goes on gets every event in order",
        "comes when no connection is free": "the caller after the last connection is told busy, and one who leaves makes room",
    ]

    @Test func `the documents have these rows and no others`() throws {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let document = here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/protocol.md")
        let section = try #require(
            String(contentsOf: document, encoding: .utf8).components(separatedBy: "\n## ").first { $0.hasPrefix("Odd input") })
        let tables = section.components(separatedBy: "\n\n").dropFirst().map { table in
            Dictionary(
                uniqueKeysWithValues: table.split(separator: "\n").dropFirst(2).map { row in
                    let cells = row.dropFirst(2).components(separatedBy: " | ")
                    return (cells[0], cells.dropFirst().joined())
                })
        }
        try #require(tables.count >= 2)
        #expect(Set(tables[0].keys) == Set(Self.rows.keys))
        for (row, odds) in Self.rows {
            for case .kind(let kind) in odds.map(\.answer) {
                #expect(tables[0][row]?.contains("`\(kind)`") == true, "\(row): \(kind)")
            }
        }
        #expect(Set(tables[1].keys) == Set(Self.clients.keys))
        let sources = try ["HostileClientTests", "ControlServerTests"].map {
            try String(contentsOf: here.appendingPathComponent("\($0).swift"), encoding: .utf8)
        }.joined()
        for test in Self.clients.values { #expect(sources.contains("func `\(test)`")) }
    }
}
