import Mustache
package import ReeveModel

/// A text with variables: Mustache, and the blocks of Handlebars that Operator's types use. Nothing is escaped, nothing is taken from
/// files, and a value is never read as a template.
///
/// The library's parser would take an unknown name for an empty one, expand partials and change delimiters. So what a template says is
/// read here first, in the library's own terms of characters, and handed to it in a form that leaves nothing to decide.
package struct PromptTemplate: Sendable {
    package struct Fault: Error, Sendable, Hashable {
        /// In the template, from 1.
        package var line: Int
        package var message: String
        package var hint: String?
    }

    /// Bytes of what comes out.
    package static let longest = 1 << 20

    /// What the template names, without `steps.` groups.
    package let names: Set<String>
    private let nodes: [TemplateNode]
    private let mustache: MustacheTemplate

    /// - Parameter names: what it may name.
    package init(_ text: String, names: PromptNames) throws(Fault) {
        var reader = TemplateReader(text, names: names)
        try reader.read()
        nodes = reader.nodes
        self.names = reader.used
        do {
            // On a line of its own: a line that begins with a block is then recognised as such.
            mustache = try MustacheTemplate(string: "{{% CONTENT_TYPE: TEXT}}\n" + reader.translation)
        } catch let error as MustacheTemplate.ParserError {
            throw Fault(
                line: max(1, error.context.lineNumber - 1), message: "the template cannot be read: \(error.error)", hint: nil)
        } catch {
            throw Fault(line: 1, message: "the template cannot be read: \(error)", hint: nil)
        }
    }

    /// - Throws: `too_large` above `longest`; found out before anything is made.
    package func render(_ values: PromptVariables) throws(ReeveError) -> String {
        let size = TemplateNode.size(of: nodes, values).own
        guard size <= Self.longest else {
            throw ReeveError(
                .tooLarge,
                "the text would be \(size == .max ? "far" : "\(size) bytes,") more than the \(Self.longest) bytes allowed",
                hint: "let the template name less, or give the agent a file to read")
        }
        return mustache.render(values.context)
    }

    /// Names in the context that no template can write, for braces that mean themselves.
    static let openBraces = "?braces"
    static let openBrace = "?brace"
}

/// A template's parts as far as its length depends on them.
indirect enum TemplateNode: Sendable {
    case text(Int)
    case value(String)
    /// `{{.}}`
    case item
    /// `{{#name}}`: once with the text, or for each of a list; what is inside sees it as `.`.
    case each(String, [TemplateNode])
    /// `{{#if name}}`, `{{^name}}`: at most once.
    case when(String, Bool, [TemplateNode])

    /// Bytes, never less than what is rendered: `own`, and `perItem` for each byte of the `.` around.
    static func size(of nodes: [TemplateNode], _ values: PromptVariables) -> (own: Int, perItem: Int) {
        var own = 0
        var perItem = 0
        func add(_ number: Int, times: Int = 1) { own = plus(own, product(number, times)) }
        for node in nodes {
            switch node {
            case .text(let bytes): add(bytes)
            case .item: perItem = plus(perItem, 1)
            case .value(let name):
                switch values[name] {
                case nil: break
                case .text(let text): add(text.utf8.count)
                case .list(let items): add(bytes(items) + 2 * items.count)
                }
            case .when(let name, let wanted, let inner):
                guard (values[name] != nil) == wanted else { continue }
                let size = size(of: inner, values)
                add(size.own)
                perItem = plus(perItem, size.perItem)
            case .each(let name, let inner):
                guard let value = values[name] else { continue }
                let size = size(of: inner, values)
                switch value {
                case .text(let text):
                    add(size.own)
                    add(size.perItem, times: text.utf8.count)
                case .list(let items):
                    add(size.own, times: items.count)
                    add(size.perItem, times: bytes(items))
                }
            }
        }
        return (own, perItem)
    }

    private static func bytes(_ items: [String]) -> Int { items.reduce(0) { $0 + $1.utf8.count } }

    private static func plus(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }

    private static func product(_ a: Int, _ b: Int) -> Int {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? .max : product
    }
}
