import Testing

@testable import ReeveModel

/// Of what the tables say, all can come true: an entry that never fits would be a verdict that nobody gets.
@Suite struct InteractiveTableTests {
    private static let all: [(name: String, program: InteractiveProgram)] = InteractivePrograms.table.flatMap { name, program in
        nested(name, program)
    }

    private static func nested(_ name: String, _ program: InteractiveProgram) -> [(name: String, program: InteractiveProgram)] {
        [(name, program)] + program.commands.flatMap { nested("\(name) \($0)", $1) }
    }

    /// A command line that has just what a rule asks for.
    private static func words(_ conditions: [OptionNames.Condition], _ syntax: OptionSyntax) -> [String] {
        conditions.filter { !$0.isVariable }.flatMap { condition -> [String] in
            let name = condition.name
            let isLetter = !name.hasPrefix("--") && name.count == 2
            switch condition.value.map({ $0.hasSuffix("*") ? $0.dropLast() + "x" : Substring($0) }) {
            case nil: return syntax.takesValue(name) ? [name, "x"] : [name]
            case .some(""): return [name]
            case .some(let value) where syntax.takesValue(name): return [name, String(value)]
            case .some(let value): return [isLetter ? name + value : "\(name)=\(value)"]
            }
        }
    }

    @Test func `no program and no subcommand is in the tables twice`() {
        #expect(InteractivePrograms.tables.repeated == [])
        #expect(InteractivePrograms.git.repeated == [])
    }

    @Test func `every alternative of every rule is what decides on a line that has it and nothing else`() {
        var count = 0
        for (name, program) in Self.all {
            for (index, rule) in program.rules.enumerated() {
                #expect(!rule.names.alternatives.isEmpty, "\(name): a rule without options")
                for alternative in rule.names.alternatives {
                    let options = CommandOptions(Self.words(alternative.conditions, program.syntax), program.syntax)
                    let variables = alternative.conditions.filter(\.isVariable).map { "\($0.name)=\($0.value ?? "")" }
                    let first = program.rules.firstIndex { $0.names.holding(options, variables) != nil }
                    #expect(first == index, "\(name): \(alternative.written) is decided by another rule, or by none")
                    #expect(
                        rule.names.holding(options, variables) == alternative.written,
                        "\(name): \(alternative.written) is already said")
                    #expect(
                        options.present.isDisjoint(with: InteractivePrograms.telling), "\(name): \(alternative.written) tells")
                    count += 1
                }
            }
        }
        #expect(count > 500)
    }

    @Test func `options that take a value do, and the word behind it is no operand`() {
        for (name, program) in Self.all {
            for option in program.syntax.values {
                let options = CommandOptions([option, "-value", "operand"], program.syntax)
                #expect(options.value(option) == "-value" && options.operands == ["operand"], "\(name) \(option)")
            }
            for option in program.syntax.attached {
                let value = (program.syntax.beginnings[option]?.first ?? "") + "value"
                let options = CommandOptions([option + value, "operand"], program.syntax)
                #expect(options.value(option) == value && options.operands == ["operand"], "\(name) \(option)")
                #expect(options.present == [option], "\(name) \(option)")
                #expect(!program.syntax.takesValue(option), "\(name): \(option) takes the next word or does not")
            }
            #expect(program.syntax.beginnings.keys.allSatisfy(program.syntax.attached.contains), "\(name)")
            for option in program.syntax.last {
                let options = CommandOptions([option, "value", "-x"], program.syntax)
                #expect(options.operands == ["-x"] && options.present == [option], "\(name) \(option)")
            }
        }
    }

    @Test func `options of wrappers take as many words as they say, and the next one is the command`() {
        func nested(_ name: String, _ wrapper: CommandWrapper) -> [(name: String, wrapper: CommandWrapper)] {
            [(name, wrapper)] + wrapper.commands.flatMap { nested("\(name) \($0)", $1) }
        }
        for (name, wrapper) in CommandWrapper.table.flatMap({ nested($0, $1) }) {
            for option in wrapper.syntax.values {
                let count = wrapper.syntax.counts[option] ?? 1
                let words = (1...count).map { "-value\($0)" }
                let options = CommandOptions([option] + words + ["command"], wrapper.syntax)
                #expect(options.value(option) == "-value1" && options.operands == ["command"], "\(name) \(option)")
            }
            #expect(wrapper.syntax.counts.allSatisfy { wrapper.syntax.values.contains($0) && $1 > 1 }, "\(name)")
        }
    }

    @Test func `every subcommand is found`() {
        for (name, program) in Self.all where !program.commands.isEmpty {
            for command in program.commands.keys {
                let options = CommandOptions([command, "--option", "word"], program.syntax)
                #expect(options.operands == [command, "--option", "word"] && options.present.isEmpty, "\(name) \(command)")
            }
            #expect(program.commands.keys.allSatisfy { !$0.hasPrefix("-") && !$0.contains(" ") }, "\(name)")
        }
    }

    @Test func `every script of an interpreter is a program, and no wrapper hides one`() {
        for script in InteractivePrograms.scripts { #expect(InteractivePrograms.table[script] != nil, "\(script)") }
        // A wrapper of the same name is asked first and leaves only what is not its subcommand.
        for (name, wrapper) in CommandWrapper.table where InteractivePrograms.table[name] != nil {
            #expect(!wrapper.commands.isEmpty, "\(name)")
            let commands = InteractivePrograms.table[name]?.commands.keys ?? [:].keys
            #expect(wrapper.commands.keys.allSatisfy { !commands.contains($0) }, "\(name)")
        }
    }

    @Test(arguments: ["-pe", "--pe"]) func `a value in its own word is not read as options`(word: String) {
        let options = CommandOptions([word, "x"], OptionSyntax(attached: ["-p"]))
        #expect(!options.has("-e") && options.operands == ["x"])
    }
}
