import ReeveModel
import Testing

@testable import ReeveGit

@Suite struct RemoteAddressTests {
    @Test(arguments: [
        ("https://github.com/o/r.git", "github.com o/r github"),
        ("https://github.com/o/r/", "github.com o/r github"),
        ("https://user:secret@github.com/o/r", "github.com o/r github"),
        ("git@github.com:o/r.git", "github.com o/r github"),
        ("github.com:o/r", "github.com o/r github"),
        ("ssh://git@github.com:22/o/r.git", "github.com o/r github"),
        ("https://GitHub.com/O/R", "github.com O/R github"),
        ("https://github.example.org/o/r", "github.example.org o/r github"),
        ("https://gitlab.com/g/s/r.git", "gitlab.com g/s/r gitlab"),
        ("git@gitlab.example.org:g/r.git", "gitlab.example.org g/r gitlab"),
        ("https://notgithub.com/o/r", "notgithub.com o/r none"),
        ("https://example.org/o/r", "example.org o/r none"),
        ("/srv/git/r.git", ""), ("../r.git", ""), ("file:///srv/r.git", ""), ("https://github.com/r", ""), ("", ""),
        ("https://github.com/o/../r", ""), ("https://github.com/-o/r", ""), ("https://-oProxyCommand=x/o/r", ""),
        ("git@github.com:o/r s.git", ""), ("ext::sh -c x", ""),
    ])
    func `where a remote is and whose it is`(_ url: String, _ expected: String) {
        let address = RemoteAddress(url)
        #expect((address.map { "\($0.host) \($0.path) \($0.provider.rawValue)" } ?? "") == expected)
    }

    @Test func `a review's text is bounded, and the newest is kept`() {
        let remarks = (0..<10).map {
            ReviewText.Remark(by: "ann", place: nil, text: "\($0) " + String(repeating: "x", count: 9000))
        }
        let text = ReviewText.write(remarks)
        #expect(text.utf8.count <= ReviewText.longest + 200)
        #expect(text.hasPrefix("(7 older remarks left out)\n\nann:\n7 "))
        #expect(text.contains("\n9 "))
    }

    @Test func `a status is read, with names that have blanks and line breaks`() {
        let status = TreeStatus(
            "1 .M N... 100644 100644 100644 aa bb a b\nc\0" + "u UU N... 100644 100644 100644 100644 aa bb cc conflict d\0"
                + "2 R. N... 100644 100644 100644 aa bb R100 new name\0old name\0" + "? un known\0" + "! .reeve/\0" + "! out/\0")
        #expect(status.changed == ["a b\nc", "conflict d", "new name"])
        #expect(status.untracked == ["un known"])
        #expect(status.ignoredButNotes == ["out/"])
    }
}
