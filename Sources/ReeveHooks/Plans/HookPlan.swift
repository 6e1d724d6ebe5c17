package import ReeveModel

/// What is to be done to a person's files: exactly this is shown by a dry run, and exactly this is done.
package struct HookPlan: Sendable, Hashable {
    package var kind: HookKind
    /// In the order in which they are made; none when everything is as it should be.
    package var changes: [FileChange]
    /// What the person has to do, or should know, in sentences.
    package var notes: [String]
    /// Directories within which links may lead.
    var home: [String]

    /// The changes as `diff -u` shows them, harmless for a terminal.
    package var diff: String { changes.map(\.diff).joined() }

    /// Makes the changes. Each file is exchanged at once or not at all; one that is no more what the plan was made from stops the rest.
    package func apply() throws(ReeveError) {
        for change in changes {
            if let backup = change.backup { try change.file.keep(as: backup) }
            try change.file.replace(with: change.after, within: home)
            if let spent = change.spentBackup {
                let old = try PersonsFile.look(at: spent, within: home)
                if old.bytes == change.after { try old.replace(with: nil, within: home) }
            }
        }
    }
}

/// One file, before and after.
package struct FileChange: Sendable, Hashable {
    var file: PersonsFile
    /// Nil: the file goes.
    package var after: [UInt8]?
    /// Where what is there now is kept before the change.
    package var backup: String?
    /// A copy that is removed after the change because it says the same as the file then does.
    package var spentBackup: String?

    /// As the agent knows it.
    package var path: String { file.path }
    /// Where it is, links resolved.
    package var target: String { file.target }
    /// Nil: there is none.
    package var before: [UInt8]? { file.bytes }

    package var diff: String { UnifiedDiff.text(path: file.path, from: file.bytes, to: after) }
}
