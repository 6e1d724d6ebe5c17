import Foundation
import ReeveModel
import ReeveTestSupport
import ReeveWorkflows
import Testing

@Suite struct TypeCatalogTests {
    private func load(_ files: [String: String]) async throws -> TypeCatalog {
        try await Scratch.with { scratch in
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/\(name)")) }
            return TypeCatalog.load(folder: scratch.path)
        }
    }

    private func type(_ name: String, prompt: String = "{{ prompt }}") -> String {
        "name = \"\(name)\"\n[[steps]]\nname = \"only\"\nprompt = \"\(prompt)\""
    }

    @Test(arguments: [nil, "/nonexistent/reeve/types"]) func `without a folder there is what ships`(folder: String?) throws {
        let catalog = TypeCatalog.load(folder: folder)
        #expect(catalog.types == TypeCatalog.shipped.types)
        #expect(catalog.faults.isEmpty)
    }

    @Test func `a user's type stands beside what ships, and one of a shipped name replaces it whole`() async throws {
        let catalog = try await load([
            "chore.toml": type("CHORE"), "feature.toml": type("FEAT"), "land.json": OperatorTypeTests.land,
            "README.md": "no type",
            ".hidden.toml": "broken", "collection.json": "{\"issue_types\": []}", "collections.toml": "x = 1",
        ])
        #expect(catalog.faults.map(\.spoken) == [])
        #expect(catalog.names == ["CHORE", "FEAT", "FIX", "INV", "LAND", "SPIKE", "TASK"])
        #expect(try catalog.type("FEAT").steps.map(\.name) == ["only"])
        #expect(try catalog.type("FEAT").origin.hasSuffix("/feature.toml"))
        #expect(try catalog.type("FIX") == TypeCatalog.shipped.type("FIX"))
        #expect(catalog.notes.allSatisfy { $0.file.hasSuffix("/land.json") } && !catalog.notes.isEmpty)
    }

    @Test func `a type that nobody has defined is one step with the ticket's own words`() throws {
        #expect(try TypeCatalog.shipped.type("NOVEL") == .single("NOVEL"))
    }

    @Test func `a file that is wrong takes only its own type away, and what ships does not step in for it`() async throws {
        let catalog = try await load([
            "a.toml": type("FEAT", prompt: "{{ titel }}"), "BUG.json": "{", "c.toml": type("CHORE"), "d.toml": "name = \"D\"\n",
        ])
        #expect(catalog.names.contains("CHORE"))
        #expect(catalog.faults.map { URL(fileURLWithPath: $0.file).lastPathComponent } == ["BUG.json", "a.toml", "d.toml"])
        for name in ["FEAT", "BUG", "D"] {
            let error = #expect(throws: ReeveError.self) { try catalog.type(name) }
            #expect(error?.kind == .conflict)
            #expect(error?.message.hasPrefix("the type \(name) cannot be used: /") == true)
        }
        #expect(try catalog.type("FIX").steps.count == 5)
    }

    @Test func `two files of one name make neither usable`() async throws {
        let catalog = try await load(["a.toml": type("CHORE"), "b.toml": type("CHORE")])
        #expect(catalog.faults.map(\.path) == ["name"])
        #expect(catalog.faults.first?.message.hasSuffix("a.toml defines CHORE too") == true)
        #expect(throws: ReeveError.self) { try catalog.type("CHORE") }
    }

    @Test func `what is no plain text file is refused and never waited for`() async throws {
        try await Scratch.with { scratch in
            #expect(mkfifo("\(scratch.path)/pipe.toml", 0o600) == 0)
            _ = try scratch.directory("folder.toml")
            try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: "\(scratch.path)/latin.toml"))
            try Data(count: TypeFile.longest + 1).write(to: URL(fileURLWithPath: "\(scratch.path)/large.toml"))
            try FileManager.default.createSymbolicLink(
                atPath: "\(scratch.path)/dangling.toml", withDestinationPath: "\(scratch.path)/nothing")
            let catalog = TypeCatalog.load(folder: scratch.path)
            #expect(
                catalog.faults.map(\.message) == [
                    "is a link that leads nowhere", "is no plain file", "too large; at most 262144 bytes are read",
                    "is not UTF-8", "is no plain file",
                ])
            #expect(catalog.types == TypeCatalog.shipped.types)
        }
    }

    @Test func `a link to a file elsewhere is followed`() async throws {
        try await Scratch.with { scratch in
            let types = try scratch.directory("types")
            try Data(type("CHORE").utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/chore"))
            try FileManager.default.createSymbolicLink(
                atPath: "\(types)/chore.toml", withDestinationPath: "\(scratch.path)/chore")
            #expect(TypeCatalog.load(folder: types).names.contains("CHORE"))
        }
    }

    @Test func `a folder that is none is told`() async throws {
        try await Scratch.with { scratch in
            try Data().write(to: URL(fileURLWithPath: "\(scratch.path)/types"))
            #expect(TypeCatalog.load(folder: "\(scratch.path)/types").faults.map(\.message) == ["cannot be listed"])
        }
    }
}
