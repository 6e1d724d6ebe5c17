import Foundation
package import ReeveModel

/// The types that tickets may have: what ships, and above it the user's own.
package struct TypeCatalog: Sendable {
    /// By name.
    package private(set) var types: [String: TicketType]
    /// What is wrong with the user's files; a file with a fault defines nothing.
    package private(set) var faults: [TypeFault] = []
    package private(set) var notes: [TypeFault] = []
    /// Why a type cannot be used: its file is there and wrong. What ships does not step in for it: nobody asked for that.
    private var broken: [String: TypeFault] = [:]

    package static let shipped = TypeCatalog(types: Dictionary(uniqueKeysWithValues: ShippedTypes.all.map { ($0.name, $0) }))

    private init(types: [String: TicketType]) { self.types = types }

    /// - Parameter folder: absolute; need not exist. Its `*.toml` and `*.json` are read, not what is in folders inside.
    package static func load(folder: String?) -> TypeCatalog {
        var catalog = shipped
        guard let folder else { return catalog }
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            if FileManager.default.fileExists(atPath: folder) {
                catalog.faults.append(
                    TypeFault(file: folder, message: "cannot be listed", hint: "it must be a directory that you may read"))
            }
            return catalog
        }
        var files: [String: String] = [:]
        for name in names where !name.hasPrefix(".") && !lists.contains(name) {
            guard let form = TypeFile.Form(name: name) else { continue }
            catalog.add("\(folder)/\(name)", form, &files)
        }
        return catalog
    }

    /// The type of this name; one step with the ticket's own words when nobody has defined it.
    /// - Throws: `conflict` when the file that defines it is wrong.
    package func type(_ name: String) throws(ReeveError) -> TicketType {
        if let fault = broken[name] {
            throw ReeveError.conflict(
                "the type \(name) cannot be used: \(fault.spoken)", hint: "mend the file and reload, or take it away")
        }
        return types[name] ?? .single(name)
    }

    package var names: [String] { types.keys.sorted() }

    // MARK: Files

    /// Operator's, beside its types: they say which types belong together.
    private static let lists: Set<String> = ["collection.json", "collections.toml", "index.json", "search.json"]

    private mutating func add(_ path: String, _ form: TypeFile.Form, _ files: inout [String: String]) {
        let stem = String(path.split(separator: "/").last?.prefix { $0 != "." } ?? "")
        let text: String
        do throws(TypeFault) { text = try Self.text(path) } catch {
            faults.append(error)
            broken[stem] = error
            return
        }
        let reading = TypeFile.read(text, file: path, form: form)
        notes += reading.notes
        faults += reading.faults
        if let fault = reading.faults.first {
            broken[reading.name ?? stem] = fault
            return
        }
        guard let type = reading.type else { return }
        if let first = files[type.name] {
            let fault = TypeFault(
                file: path, path: "name", message: "\(first) defines \(type.name) too",
                hint: "one of them has to go, or to change its name")
            faults.append(fault)
            broken[type.name] = fault
            return
        }
        files[type.name] = path
        types[type.name] = type
    }

    private static func text(_ path: String) throws(TypeFault) -> String {
        // What a link names counts; a pipe would never come to its end.
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: real)
        switch attributes?[.type] as? FileAttributeType {
        case .typeRegular?: break
        case .typeSymbolicLink?: throw TypeFault(file: path, message: "is a link that leads nowhere")
        case nil: throw TypeFault(file: path, message: "cannot be read")
        default: throw TypeFault(file: path, message: "is no plain file")
        }
        guard let size = attributes?[.size] as? Int, size <= TypeFile.longest else {
            throw TypeFault(file: path, message: "too large; at most \(TypeFile.longest) bytes are read")
        }
        guard let data = FileManager.default.contents(atPath: real) else {
            throw TypeFault(file: path, message: "cannot be read", hint: "look at its mode: ls -l \(path)")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw TypeFault(file: path, message: "is not UTF-8") }
        return text
    }
}
