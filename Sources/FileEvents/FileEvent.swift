/// What happened in a watched directory, or to it.
package struct FileEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// A new entry; what is in it may still be on its way.
        case created
        /// Its content changed; a writer may go on.
        case modified
        /// Somebody who had it open for writing closed it.
        case closedAfterWrite
        /// It came by a rename: an entry that is complete unless its writer still has it open.
        case movedIn
        /// It left by a rename.
        case movedOut
        case deleted
        /// The directory is removed, moved away or unmounted, and watched no more. `name` is nil.
        case directoryGone
        /// Events of this directory were lost: look at all of it. `name` is nil.
        case overflow
    }

    /// The directory, written as it was given to `add`.
    package var directory: String
    /// The entry's name; one that is not UTF-8 has U+FFFD in it and can be found only by listing the directory.
    package var name: String?
    package var kind: Kind

    package init(directory: String, name: String? = nil, kind: Kind) {
        self.directory = directory
        self.name = name
        self.kind = kind
    }
}
