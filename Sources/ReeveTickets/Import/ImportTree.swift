package import ReeveModel

/// The ticket files of a directory that Operator worked in, as they were read. Nothing in it is changed by reading.
package struct ImportTree: Sendable {
    package struct File: Sendable, Hashable {
        package enum Content: Sendable, Hashable {
            case bytes([UInt8])
            case wrong(TicketFault)
            /// No ticket's file.
            case other(String)
        }

        package var place: TicketPlace
        package var name: String
        package var content: Content

        package init(place: TicketPlace, name: String, content: Content) {
            self.place = place
            self.name = name
            self.content = content
        }

        package var path: String { "\(place.rawValue)/\(name)" }
    }

    /// The directory with `queue/`, `in-progress/` and `completed/`.
    package var root: String
    package var files: [File]

    package init(root: String, files: [File]) {
        self.root = root
        self.files = files
    }

    /// The directory that the projects are in: the parent of `.tickets`.
    package var projects: String { TicketFolder(root).projects }

    /// A seed for `SeededIDs`: the same files give the same new ids, so a dry run prints what the run will do.
    package var seed: UInt64 {
        ContentMark(
            of: files.sorted { $0.path < $1.path }.flatMap { file -> [UInt8] in
                guard case .bytes(let bytes) = file.content else { return Array(file.path.utf8) }
                return Array(file.path.utf8) + [0] + bytes
            }
        ).value
    }

    /// Reads a `.tickets` directory, or one that has it.
    /// - Parameter directory: absolute.
    /// - Throws: `notFound` when neither it nor `.tickets` in it has one of the three folders.
    package static func read(_ directory: String) throws(ReeveError) -> ImportTree {
        for root in [directory, "\(directory)/.tickets"] {
            if let tree = try read(root: root) { return tree }
        }
        throw ReeveError(
            .notFound,
            "\(InertText.clean(directory)) has no queue/, in-progress/ or completed/, and no .tickets with one of them",
            hint: "name the directory that Operator was started in")
    }

    /// Nil: none of the three is there.
    private static func read(root path: String) throws(ReeveError) -> ImportTree? {
        guard let root = try present(path) else { return nil }
        var tree = ImportTree(root: path, files: [])
        var isTree = false
        for place in TicketPlace.allCases {
            guard try root.look(place.rawValue) != nil else { continue }
            let directory = try FolderDirectory(place.rawValue, in: root)
            isTree = true
            for name in try directory.names() {
                tree.files.append(File(place: place, name: name, content: try content(name, directory, place)))
            }
        }
        return isTree ? tree : nil
    }

    private static func present(_ path: String) throws(ReeveError) -> FolderDirectory? {
        do throws(ReeveError) { return try FolderDirectory(root: path) } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }

    private static func content(
        _ name: String, _ directory: borrowing FolderDirectory, _ place: TicketPlace
    ) throws(ReeveError) -> File.Content {
        guard TicketFileName.isTicket(name) else { return .other("no Markdown file that can be seen") }
        do throws(ReeveError) {
            guard let content = try TicketFolder.content(name, directory, place) else {
                return .wrong(TicketFault("it cannot be found by its name", hint: "rename it"))
            }
            return .bytes(content.bytes)
        } catch {
            guard error.kind == .invalidParams else { throw error }
            let prefix = "\(place.rawValue)/\(name): "
            let reason = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
            return .wrong(TicketFault(reason, hint: error.hint))
        }
    }
}
