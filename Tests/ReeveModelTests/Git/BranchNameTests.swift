import ReeveModel
import Testing

@Suite struct BranchNameTests {
    @Test(arguments: ["main", "FEAT/FEAT-1", "a/b/c", "ünïcode", "a.b", "x@y", "v1.0"])
    func `a good name is taken`(_ name: String) {
        #expect(BranchName(name)?.reference == "refs/heads/\(name)")
    }

    /// `git check-ref-format(1)`, and what programs could misread.
    @Test(arguments: [
        ("", "is empty"), ("@", "means something else to git"), ("HEAD", "means something else to git"),
        ("-x", "starts with '-'"),
        ("a.", "ends with '.'"), ("a..b", "has '..' in it"), ("a@{1}", "has '@{' in it"), ("a b", "has ' ' in it"),
        ("a~1", "has '~' in it"),
        ("a^", "has '^' in it"), ("a:b", "has ':' in it"), ("a?", "has '?' in it"), ("a*", "has '*' in it"),
        ("a[b", "has '[' in it"),
        ("a\\b", "has '\\' in it"), ("a\u{7}b", "has a character in it that is not seen"),
        ("a\u{202E}b", "has a character in it that is not seen"), ("/a", "has an empty part"), ("a/", "has an empty part"),
        ("a//b", "has an empty part"), ("a/.b", "has a part that starts with '.'"),
        ("a.lock/b", "has a part that ends with '.lock'"),
        (String(repeating: "a", count: 201), "is longer than 200 bytes"),
    ])
    func `a bad name is refused, with the reason`(_ name: String, _ fault: String) {
        #expect(BranchName(name) == nil)
        #expect(BranchName.fault(in: name) == fault)
    }

    @Test(arguments: [
        ("{type}/{id}", "FEAT/FEAT-1"), ("{type}/{ticket_id}", "FEAT/FEAT-1"), ("agents/{id}", "agents/FEAT-1"),
        ("{id}", "FEAT-1"),
        ("{id}-{id}", "FEAT-1-FEAT-1"),
    ])
    func `a template names each ticket's branch`(_ template: String, _ name: String) throws {
        let id = try #require(TicketID("FEAT-1"))
        #expect(try BranchTemplate(template).branch(ticket: id, type: "FEAT").text == name)
    }

    @Test(arguments: ["", "work", "{type}", "{id}/{what}", "{id}~", "-{id}", "{id", "a b/{id}"])
    func `a template that makes no branches is refused`(_ template: String) {
        #expect(throws: ReeveError.self) { try BranchTemplate(template) }
    }

    @Test(arguments: [("A..B", "FEAT"), ("A.lock", "FEAT"), ("FEAT-1", "a b"), ("FEAT-1", ""), ("FEAT-1", "{id}")])
    func `a ticket whose name git does not take is refused`(_ id: String, _ type: String) throws {
        let ticket = try #require(TicketID(id))
        let template = try BranchTemplate()
        if type == "{id}" {
            // What a value brings is no template.
            #expect(try template.branch(ticket: ticket, type: type).text == "{id}/FEAT-1")
        } else {
            #expect(throws: ReeveError.self) { try template.branch(ticket: ticket, type: type) }
        }
    }
}
