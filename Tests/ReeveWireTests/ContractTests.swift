import ReeveWire
import Testing

/// The contract as a whole: what one part of it names another has.
@Suite struct ContractTests {
    private static func named(_ schema: Schema) -> [String] {
        switch schema {
        case .string, .integer, .number, .boolean, .oneOf, .anything: []
        case .array(let element), .map(let element): named(element)
        case .object(let name): [name]
        }
    }

    @Test func `every shape that a method or another shape names is described, under a name of its own`() {
        let described = MethodCatalog.shapes.map { $0.name }
        #expect(Set(described).count == described.count)
        let members = MethodCatalog.all.flatMap { $0.params + $0.result } + MethodCatalog.shapes.flatMap { $0.members }
        let missing = Set(members.flatMap { Self.named($0.schema) }).subtracting(described)
        #expect(missing.isEmpty, "\(missing.sorted())")
    }
}
