/// Options as their manual writes them, with blanks between: `-m`, `--message`, `-batch`. What is a letter and what a word is
/// read from how it is written, so an entry cannot be in the wrong list.
///
/// Joined by `+` they count together only (`--title+--body`). With `=` and a text one counts with that value only
/// (`--paging=never`), with `*` at the text's end with any that begins so, with nothing behind the `=` only without a value
/// (`-p=`). Without a dash it is a variable or a setting (`CI=true`).
struct OptionNames: ExpressibleByStringLiteral, Sendable {
    struct Condition: Sendable {
        let name: String
        /// Nil: any, or none at all.
        let value: String?
        var isVariable: Bool { !name.hasPrefix("-") }
    }

    /// Of which one must hold with all its conditions.
    let alternatives: [(written: String, conditions: [Condition])]

    init(stringLiteral text: String) {
        alternatives = text.split(separator: " ").map { alternative in
            let conditions = alternative.split(separator: "+").map { word in
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return Condition(name: String(parts[0]), value: parts.count > 1 ? String(parts[1]) : nil)
            }
            return (String(alternative), conditions)
        }
    }

    /// The options alone, without the variables.
    var options: Set<String> { Set(alternatives.flatMap(\.conditions).filter { !$0.isVariable }.map(\.name)) }

    /// The first alternative that holds, as it is written.
    func holding(_ options: CommandOptions, _ variables: [String]) -> String? {
        alternatives.first { alternative in
            alternative.conditions.allSatisfy { condition in
                if condition.isVariable { return variables.contains("\(condition.name)=\(condition.value ?? "")") }
                guard options.has(condition.name) else { return false }
                guard let value = condition.value else { return true }
                let given = options.values(condition.name)
                if value.hasSuffix("*") { return given.contains { $0.hasPrefix(value.dropLast()) } }
                return value.isEmpty ? given.isEmpty : given.contains(value)
            }
        }?.written
    }
}

/// How a program reads its command line.
struct OptionSyntax: Sendable {
    /// They take the rest of their word, or the next one.
    var values: Set<String> = []
    /// Of those: how many words they take, where it is more than one: `bwrap --bind SOURCE TARGET`.
    var counts: [String: Int] = [:]
    /// They take the rest of their word, if there is one, and never the next: `mysql -psecret`.
    var attached: Set<String> = []
    /// Of those: how their value begins; anything else is more letters: `perl -d:NYTProf`, but `perl -de 1`.
    var beginnings: [String: [String]] = [:]
    /// They take a value, and all behind it is for somebody else: `python -c`.
    var last: Set<String> = []
    /// After so many operands all is for somebody else. Nil: options may stand anywhere.
    var stopsAfter: Int?
    /// After one of these as the first operand too.
    var stopsAt: Set<String> = []
    /// A word with one dash is one option, never several letters: `erl -sname`.
    var oneDash = false
    /// Of a program that has letters too: its words with one dash (`-batch`).
    var words: Set<String> = []

    func takesValue(_ option: String) -> Bool { values.contains(option) || last.contains(option) }

    /// Whether what stands behind it in its word is its value.
    func takesRest(_ option: String, _ rest: Substring) -> Bool {
        guard attached.contains(option) else { return takesValue(option) }
        return beginnings[option].map { $0.contains { rest.hasPrefix($0) } } ?? true
    }
}
