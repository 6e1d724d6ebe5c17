import ReeveJSON
package import ReeveModel
import ReeveTOML

/// Reads a ticket type from a file: TOML of ours, or an issue type of Operator's in JSON.
package enum TypeFile {
    package enum Form: Sendable, Hashable {
        case toml, json

        /// By the name's end; nil for files that are no types.
        package init?(name: String) {
            if name.hasSuffix(".toml") { self = .toml } else if name.hasSuffix(".json") { self = .json } else { return nil }
        }
    }

    package struct Reading: Sendable, Hashable {
        /// Nil when anything is wrong with the file.
        package var type: TicketType?
        /// The name that the file gives, if that could be read.
        package var name: String?
        /// All that is wrong, in the order of the file.
        package var faults: [TypeFault]
        /// What the file says in vain.
        package var notes: [TypeFault]
    }

    /// Bytes of a file.
    package static let longest = 256 << 10

    /// - Parameter file: for messages, and the type's `origin`.
    package static func read(_ text: String, file: String, form: Form) -> Reading {
        let root: FileNode
        switch form {
        case .toml:
            do throws(TOMLText.Fault) { root = FileNode(try TOMLText(text)) } catch {
                return Reading(faults: [TypeFault(file: file, line: error.line, message: error.message)], notes: [])
            }
        case .json:
            let bytes = Array(text.utf8)
            guard bytes.count <= longest else {
                let message = "\(bytes.count) bytes; at most \(longest) are read"
                return Reading(faults: [TypeFault(file: file, line: 1, message: message)], notes: [])
            }
            let lines = LineStarts(bytes)
            do throws(ReeveError) { root = FileNode(try JSONDocument(bytes), lines: lines) } catch {
                let fault = JSONDocument.fault(in: bytes)
                return Reading(
                    faults: [
                        TypeFault(
                            file: file, line: fault.map { lines.line(of: $0.offset) }, message: fault?.reason ?? error.message)
                    ],
                    notes: [])
            }
        }
        var reader = TypeReader(file: file, dialect: form == .toml ? .reeve : .operator)
        let type = reader.read(root)
        func inOrder(_ faults: [TypeFault]) -> [TypeFault] {
            faults.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }.map(\.element)
        }
        return Reading(
            type: reader.faults.isEmpty ? type : nil, name: reader.name, faults: inOrder(reader.faults),
            notes: inOrder(reader.notes))
    }
}
