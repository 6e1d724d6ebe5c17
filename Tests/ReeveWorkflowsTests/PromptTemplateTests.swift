import ReeveModel
import ReeveWorkflows
import Testing

@Suite struct PromptTemplateTests {
    private static let names = PromptNames(steps: ["plan", "code"], fields: ["pr_url"])

    private static var values: PromptVariables {
        var values = PromptVariables()
        values[text: "title"] = "A & <b> \"q\" 'x'"
        values[text: "summary"] = "{{ feedback }} {{#if body}} {{{"
        values[text: "body"] = ""
        values[text: "feedback"] = "smaller"
        values[text: "pr_url"] = "https://x/1"
        values["previous_files"] = .list(["a.swift", "b & c"])
        values[text: "steps.plan.summary"] = "planned"
        values["steps.plan.files"] = .list(["p"])
        return values
    }

    private func rendered(_ text: String, _ values: PromptVariables = Self.values) throws -> String {
        try PromptTemplate(text, names: Self.names).render(values)
    }

    private func complaint(_ text: String, _ names: PromptNames = Self.names) -> PromptTemplate.Fault? {
        #expect(throws: PromptTemplate.Fault.self) { try PromptTemplate(text, names: names) }
    }

    // MARK: Values

    @Test(arguments: ["{{title}}", "{{ title }}", "{{{title}}}", "{{{ title }}}", "{{&title}}", "{{& title }}"])
    func `a value stands there as it is, whatever form its tag has`(text: String) throws {
        #expect(try rendered("<\(text)>") == "<A & <b> \"q\" 'x'>")
    }

    @Test func `a value is not escaped inside blocks either`() throws {
        #expect(try rendered("{{#if title}}{{#each previous_files}}{{title}}{{this}}{{/each}}{{/if}}").contains("b & c"))
        #expect(try rendered("{{#title}}{{title}}|{{.}}{{/title}}") == "A & <b> \"q\" 'x'|A & <b> \"q\" 'x'")
    }

    @Test func `a value that looks like a template is text`() throws {
        #expect(try rendered("{{summary}}") == "{{ feedback }} {{#if body}} {{{")
        #expect(try rendered("{{#summary}}{{.}}{{/summary}}") == "{{ feedback }} {{#if body}} {{{")
    }

    @Test(arguments: ["body", "reviewer", "steps.code.summary", "steps.code.files", "previous_summary"])
    func `a known variable without a value is empty`(name: String) throws {
        #expect(try rendered("<{{\(name)}}>") == "<>")
        #expect(try rendered("<{{#if \(name)}}x{{/if}}>") == "<>")
        #expect(try rendered("<{{^\(name)}}none{{/\(name)}}>") == "<none>")
    }

    @Test(arguments: [
        ("{{#if body}}1{{else}}2{{/if}}", "2"), ("{{#if feedback}}1{{else}}2{{/if}}", "1"),
        ("{{#if feedback}}1{{^}}2{{/if}}", "1"),
        ("{{#unless body}}1{{else}}2{{/unless}}", "1"), ("{{#unless feedback}}1{{else}}2{{/unless}}", "2"),
        ("{{#if body}}1{{else if feedback}}2{{else}}3{{/if}}", "2"), ("{{#if body}}1{{else if reviewer}}2{{else}}3{{/if}}", "3"),
        ("{{#if feedback}}1{{else if reviewer}}2{{else}}3{{/if}}", "1"),
        ("{{#if body}}1{{else if reviewer}}2{{else if feedback}}3{{/if}}!", "3!"),
        ("{{#each previous_files}}[{{this}}]{{/each}}", "[a.swift][b & c]"),
        ("{{#previous_files}}[{{.}}]{{/previous_files}}", "[a.swift][b & c]"), ("{{previous_files}}", "a.swift, b & c"),
        ("{{#if previous_files}}once{{/if}}", "once"), ("{{#each steps.code.files}}x{{else}}none{{/each}}", "none"),
        ("{{steps.plan.summary}}: {{#each steps.plan.files}}{{.}}{{/each}}", "planned: p"), ("{{ pr_url }}", "https://x/1"),
        ("{{#feedback}}{{#feedback}}{{.}}{{/feedback}}{{/feedback}}", "smaller"), ("a{{! title }}b{{!-- {{ x }} --}}c", "abc"),
        ("{ {x} } }} {", "{ {x} } }} {"), ("\\{{ title }}", "{{ title }}"), ("{\\{{x}}} ${\\{{ y }}", "{{{x}}} ${{{ y }}"),
        ("{\\{{title}}{{feedback}}", "{{{title}}smaller"), ("\\{ {{feedback}}", "\\{ smaller"),
        ("a\r\n{{feedback}}\r\nb", "a\r\nsmaller\r\nb"),
        ("{\u{301}{{feedback}}", "{\u{301}smaller"), ("", ""),
    ])
    func `templates say`(text: String, expected: String) throws {
        #expect(try rendered(text) == expected)
    }

    @Test(arguments: [
        ("a\n{{#if feedback}}\nb\n{{/if}}\nc\n", "a\nb\nc\n"), ("a\n{{#if body}}\nb\n{{/if}}\nc\n", "a\nc\n"),
        ("a\n  {{#if body}}\n  b\n  {{else}}\n  n\n  {{/if}}\nc\n", "a\n  n\nc\n"),
        ("{{#if body}}\nb\n{{else if feedback}}\nf\n{{else}}\nn\n{{/if}}\nc", "f\nc"),
        ("{{#if body}}\nb\n{{else if reviewer}}\nf\n{{else}}\nn\n{{/if}}\nc", "n\nc"),
        ("{{#each previous_files}}\n- {{this}}\n{{/each}}\nend", "- a.swift\n- b & c\nend"),
        ("a\n{{! why }}\nb", "a\nb"), ("{{#if feedback}}\r\nb\r\n{{/if}}\r\nc", "b\r\nc"),
        ("x {{#if feedback}}y{{/if}} z\nw", "x y z\nw"),
    ])
    func `a tag alone on its line leaves no line`(text: String, expected: String) throws {
        #expect(try rendered(text) == expected)
    }

    // MARK: Faults

    struct Wrong: Sendable, CustomTestStringConvertible {
        var text: String
        var line = 1
        var says: String
        var hint: String?
        var testDescription: String { says }
    }

    static let wrongs = [
        Wrong(text: "a\nb {{ titel }}", line: 2, says: "unknown variable 'titel'", hint: "title"),
        Wrong(text: "{{#if sumary}}x{{/if}}", says: "unknown variable 'sumary'", hint: "summary"),
        Wrong(
            text: "{{#if feedback}}\n{{else}}\n{{ zzz9 }}{{/if}}", line: 3, says: "unknown variable 'zzz9'",
            hint: "docs/workflows.md"),
        Wrong(text: "{{ steps.plam.summary }}", says: "unknown step 'plam' in 'steps.plam.summary'", hint: "plan"),
        Wrong(text: "{{ steps.plan.sumary }}", says: "unknown variable 'steps.plan.sumary'", hint: "steps.plan.summary"),
        Wrong(text: "{{ steps.plan }}", says: "'steps.plan' names no value", hint: "steps.STEP.summary"),
        Wrong(text: "{{#each steps}}{{/each}}", says: "'steps' names no value"),
        Wrong(text: "\n\n{{ title", line: 3, says: "'{{' without '}}'", hint: "\\{{"),
        Wrong(text: "{{{ title }}", says: "'{{' without '}}}'"), Wrong(text: "{{}}", says: "an empty tag"),
        Wrong(text: "a\n{{#if title}}\nx", line: 2, says: "the block 'if' is not closed", hint: "{{/if}}"),
        Wrong(text: "{{#if title}}\n{{/each}}", line: 2, says: "'/each' where the block 'if' of line 1", hint: "{{/if}}"),
        Wrong(text: "{{/if}}", says: "'/if' closes nothing"), Wrong(text: "{{else}}", says: "'else' without a block"),
        Wrong(text: "{{#if title}}{{else}}{{else}}{{/if}}", says: "'else' without a block"),
        Wrong(text: "{{#each previous_files}}{{else if title}}{{/each}}", says: "'else' takes nothing"),
        Wrong(text: "{{#if title body}}{{/if}}", says: "'if' takes one variable"),
        Wrong(text: "{{#if}}{{/if}}", says: "'if' takes one variable"),
        Wrong(text: "{{#each title}}{{/each}}", says: "'title' is no list", hint: "#if title"),
        Wrong(text: "{{ this }}", says: "'this' outside a block"),
        Wrong(text: "{{#if title}}{{.}}{{/if}}", says: "'.' outside a block"),
        Wrong(text: "{{> other }}", says: "other templates"), Wrong(text: "{{< other }}{{/other}}", says: "other templates"),
        Wrong(text: "{{=<% %>=}}", says: "delimiters cannot be changed"),
        Wrong(text: "{{% CONTENT_TYPE: HTML}}", says: "pragmas"),
        Wrong(text: "{{$block}}{{/block}}", says: "other templates"), Wrong(text: "{{uppercased(title)}}", says: "functions"),
        Wrong(text: "{{~title}}", says: "'~' is not supported"), Wrong(text: "{{@index}}", says: "'@index' is not supported"),
        Wrong(text: "{{../title}}", says: "'../title' is not supported"),
        Wrong(text: "{{join title}}", says: "'join title' is not supported"),
        Wrong(text: "{{#with title}}{{/with}}", says: "'with title' is not supported"),
        Wrong(
            text: String(repeating: "{{#if title}}", count: 17) + String(repeating: "{{/if}}", count: 17),
            says: "nested deeper than 16"),
    ]

    @Test(arguments: wrongs) func `what is wrong is said with its line and what was meant`(row: Wrong) throws {
        let fault = try #require(complaint(row.text))
        #expect(fault.line == row.line)
        #expect(fault.message.contains(row.says), "\(fault)")
        if let hint = row.hint { #expect(fault.hint?.contains(hint) == true, "\(fault)") }
    }

    @Test func `what a file says does not move the terminal of who reads the complaint`() throws {
        let fault = try #require(complaint("{{ ti\u{1b}[31mtle\u{202e} }}"))
        #expect(!(fault.message + (fault.hint ?? "")).unicodeScalars.contains { InertText.isActive($0) })
    }

    @Test(arguments: PromptNames.catalog.map(\.name)) func `in globs and addresses only words are allowed`(name: String) throws {
        let isWord = try #require(PromptNames.catalog.first { $0.name == name }).isWord
        if isWord {
            _ = try PromptTemplate("{{\(name)}}", names: Self.names.words)
        } else {
            let fault = try #require(complaint("x/{{\(name)}}", Self.names.words))
            #expect(fault.message == "'\(name)' may hold any text and cannot be used here")
        }
    }

    // MARK: Limits

    @Test func `exactly one mebibyte is rendered, and no byte more`() throws {
        var values = PromptVariables()
        values[text: "body"] = String(repeating: "x", count: PromptTemplate.longest - 1)
        #expect(try rendered("{{body}}!", values).utf8.count == PromptTemplate.longest)
        let error = #expect(throws: ReeveError.self) { try rendered("{{body}}!!", values) }
        #expect(error?.kind == .tooLarge)
    }

    @Test func `a small template that would make a large text is refused before it does`() throws {
        var values = PromptVariables()
        values["previous_files"] = .list(Array(repeating: "file", count: 1000))
        let depth = PromptTemplateTests.depth
        let text =
            String(repeating: "{{#previous_files}}", count: depth) + "{{.}}"
            + String(repeating: "{{/previous_files}}", count: depth)
        let error = #expect(throws: ReeveError.self) { try rendered(text, values) }
        #expect(error?.kind == .tooLarge)
        values["previous_files"] = .list(["file"])
        #expect(try rendered(text, values) == "file")
    }

    private static let depth = 16

    // MARK: Any text

    @Test func `any text is a fault or a template that can be rendered`() throws {
        let pieces = [
            "{{", "}}", "{{{", "}}}", "{", "}", "\\{{", "#if ", "#each ", "#", "^", "/", "/if", "/each", "else", "title",
            "previous_files",
            "steps.plan.files", ".", "this", "!", "!--", "--", "&", "\n", "  ", "x", "\r\n", "\u{301}", "{{title}}",
            "{{#if title}}",
            "{{/if}}", "{{else}}", "{{#each previous_files}}", "{{/each}}", "é", "🏳️‍🌈", "%", "=", ">", "?", "*", "(",
        ]
        var generator = SplitMix(state: 4)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...9, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
                .joined()
            do throws(PromptTemplate.Fault) {
                let template = try PromptTemplate(text, names: Self.names)
                accepted += 1
                #expect(throws: Never.self) {
                    _ = try template.render(PromptVariables())
                    _ = try template.render(Self.values)
                }
            } catch {
                #expect(!error.message.contains("cannot be read"), "the library refuses what the reader took: \(text)")
                #expect(error.line >= 1 && error.line <= text.count { $0.isNewline } + 1, "\(text)")
            }
        }
        #expect(accepted > 2000)
    }
}

/// The same numbers each time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
