import ReeveJSON
import ReeveModel
import ReeveWire
import Testing

@Suite struct RequestPrefixTests {
    /// What a client that dies leaves behind: refused, and none traps.
    @Test(arguments: MethodCatalog.all.map(\.name))
    func `every prefix of a valid request of every method is refused`(name: String) throws {
        let method = try #require(MethodCatalog.all.first { $0.name == name })
        let bytes = Array(try SampleRequests.line(of: method).utf8)
        #expect(throws: Never.self) { try JSONDocument(bytes) }
        for length in 0..<bytes.count { #expect(throws: ReeveError.self) { try JSONDocument(Array(bytes[..<length])) } }
    }
}
