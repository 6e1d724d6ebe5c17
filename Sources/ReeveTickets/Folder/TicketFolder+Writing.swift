package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension TicketFolder {
    /// Writes a new ticket into the folder of its state.
    /// - Returns: where it is, with another name than `draft.fileName` if that one was taken; and what was written.
    package func create(_ draft: TicketDraft, ids: any IDGenerator) throws(ReeveError) -> (entry: Entry, content: Content) {
        try add(Array(draft.text.utf8), named: draft.fileName, to: TicketPlace(of: draft.state), ids: ids)
    }

    /// Puts a file into the folder: complete and on the disk before it has its name.
    package func add(
        _ bytes: [UInt8], named name: String, to place: TicketPlace, ids: any IDGenerator
    ) throws(ReeveError) -> (entry: Entry, content: Content) {
        guard Self.isPlain(name), TicketFileName.isTicket(name) else {
            throw ReeveError(.invalidParams, "'\(InertText.clean(name))' is no name of a ticket's file", hint: "end it with .md")
        }
        let directory = try FolderDirectory(place.rawValue, in: FolderDirectory(root: root))
        let draft = Self.draftPrefix + ids.token(12)
        let info = try directory.write(bytes, to: draft, mode: nil)
        do throws(ReeveError) {
            let final = try Self.moveToFreeName(draft, from: directory, wanted: name, in: directory)
            try directory.sync()
            return Self.known(final, place, bytes, FileStamp(info))
        } catch {
            try? directory.remove(draft)
            throw error
        }
    }

    /// Moves a file to the folder of another state and changes its front matter, if it still is what was read.
    ///
    /// First the move, then the change, each at once: whenever this is cut short there is exactly one file, complete, with the front
    /// matter of before or after. `FolderReconciler` asks again for what is missing. An edit that is refused moves nothing.
    /// - Throws: `notFound` when it is gone, `conflict` when somebody has changed it, `invalidParams` when its front matter cannot be
    ///   changed; with no changes asked for, it can still be moved.
    /// - Returns: where it is now, with another name if that one was taken there; and what was written or, without a change, read. A
    ///   person may have saved since: that is not in it, and the next look finds it.
    package func revise(
        _ entry: Entry, to place: TicketPlace, expecting mark: ContentMark, changes: [FrontMatterEdit.Change],
        ids: any IDGenerator
    ) throws(ReeveError) -> (entry: Entry, content: Content) {
        let root = try FolderDirectory(root: root)
        let source = try FolderDirectory(entry.place.rawValue, in: root)
        guard Self.isPlain(entry.name), let content = try Self.content(entry.name, source, entry.place) else {
            throw ReeveError(.notFound, "\(entry.path) is gone")
        }
        guard content.mark == mark else { throw changed(entry.path) }
        let edited: [UInt8]
        do throws(TicketFault) {
            edited = try FrontMatterEdit.apply(changes, to: content.bytes, name: entry.path)
        } catch {
            throw error.error
        }
        var name = entry.name
        let target = try FolderDirectory(place.rawValue, in: root)
        if place != entry.place {
            name = try Self.moveToFreeName(entry.name, from: source, wanted: entry.name, in: target)
            try target.sync()
            try source.sync()
        }
        guard edited != content.bytes else { return Self.known(name, place, content.bytes, content.stamp) }
        let stamp = try replace(name, content, with: edited, target, path: "\(place.rawValue)/\(name)", ids)
        return Self.known(name, place, edited, stamp)
    }

    /// Ends what a crash left half-way. To be called once, before the first `list`, while nobody writes.
    ///
    /// - A file with two names in two folders, which a file system that cannot rename without overwriting may leave: the one in the folder
    ///   further on stays.
    /// - Our own hidden files: removed if the folder has their text; otherwise somebody's text is in it, and it becomes visible.
    /// - Returns: what was made visible.
    package func tidy(ids: any IDGenerator) throws(ReeveError) -> [TicketFault] {
        let root = try FolderDirectory(root: root)
        var places: [UInt64: TicketPlace] = [:]
        var texts: Set<ContentMark> = []
        var all: [[UInt8]] = []
        for place in TicketPlace.allCases.reversed() {
            let directory = try FolderDirectory(place.rawValue, in: root)
            for name in try directory.names() where TicketFileName.isTicket(name) {
                guard let info = try directory.look(name), info.st_mode & S_IFMT == S_IFREG else { continue }
                if info.st_nlink > 1, places[UInt64(info.st_ino)] != nil {
                    try directory.remove(name)
                    continue
                }
                places[UInt64(info.st_ino)] = place
                guard let content = try? Self.content(name, directory, place) else { continue }
                let text = Self.text(content.bytes)
                if texts.insert(ContentMark(of: text)).inserted { all.append(text) }
            }
        }
        var kept: [TicketFault] = []
        for place in TicketPlace.allCases {
            let directory = try FolderDirectory(place.rawValue, in: root)
            for name in try directory.names() {
                if name.hasPrefix(Self.draftPrefix) { try directory.remove(name) }
                guard name.hasPrefix(Self.replacementPrefix) else { continue }
                // One that was cut short while it was written has the beginning of a text that is there.
                if let content = try Self.content(name, directory, place) {
                    let text = Self.text(content.bytes)
                    if all.contains(where: { $0.starts(with: text) }) {
                        try directory.remove(name)
                    } else {
                        let visible = try Self.moveToFreeName(
                            name, from: directory, wanted: "kept-\(ids.token(5)).md", in: directory)
                        kept.append(
                            TicketFault(
                                file: "\(place.rawValue)/\(visible)", "an edit that was under way when reeve was ended",
                                hint: "compare it with the ticket's file, then remove one of them"))
                    }
                }
            }
        }
        return kept
    }

    // MARK: - How

    /// A new file on its way: nobody was told of it, so it may be thrown away.
    private static let draftPrefix = ".reeve-new-"
    /// The other half of a replacement: before it ours, after it the person's.
    private static let replacementPrefix = ".reeve-old-"

    /// Not read again: what somebody has saved since then would be taken for what was written here, and never be looked at.
    private static func known(_ name: String, _ place: TicketPlace, _ bytes: [UInt8], _ stamp: FileStamp) -> (Entry, Content) {
        (
            Entry(place: place, name: name, stamp: stamp),
            Content(bytes: bytes, mark: ContentMark(of: bytes), stamp: stamp)
        )
    }

    private func changed(_ path: String) -> ReeveError {
        .conflict("\(InertText.clean(path)) was changed since it was read", hint: "it is read again, then tried again")
    }

    /// `a.md`, else `a-2.md`, …: a file that is there is never overwritten.
    private static func moveToFreeName(
        _ name: String, from source: borrowing FolderDirectory, wanted: String, in target: borrowing FolderDirectory
    ) throws(ReeveError) -> String {
        let stem = wanted.dropLast(3)
        for number in 1...1000 {
            let candidate = number == 1 ? wanted : "\(stem)-\(number).md"
            do throws(ReeveError) {
                try Renaming.move(name, from: source, to: candidate, in: target)
                return candidate
            } catch {
                guard error.kind == .conflict, number < 1000 else { throw error }
            }
        }
        throw .conflict("\(target.path) has too many files of this name")
    }

    /// The old file and the new one change places, and the old one is removed only when it is what was read. Without that a person who saves
    /// in the very moment would lose what was saved.
    private func replace(
        _ name: String, _ old: Content, with new: [UInt8], _ directory: borrowing FolderDirectory, path: String,
        _ ids: any IDGenerator
    ) throws(ReeveError) -> FileStamp {
        let other = Self.replacementPrefix + ids.token(12)
        guard let info = try directory.look(name), info.st_mode & S_IFMT == S_IFREG else { throw changed(path) }
        let stamp = FileStamp(try directory.write(new, to: other, mode: info.st_mode & 0o777))
        guard try Renaming.exchange(other, name, in: directory) else {
            // A file system that cannot: what is saved between this look and the rename is lost. There is no better way there.
            guard try Self.content(name, directory, .queue)?.mark == old.mark else {
                try directory.remove(other)
                throw changed(path)
            }
            guard renameat(directory.descriptor, other, directory.descriptor, name) == 0 else {
                throw FolderFailure.error("replace", path, errno)
            }
            try directory.sync()
            return stamp
        }
        if (try? Self.content(other, directory, .queue))?.mark == old.mark {
            try directory.remove(other)
            try directory.sync()
            return stamp
        }
        // Somebody was faster: theirs goes back, ours goes.
        _ = try Renaming.exchange(other, name, in: directory)
        if (try? Self.content(other, directory, .queue))?.mark == ContentMark(of: new) {
            try directory.remove(other)
        } else {
            // And somebody was faster once more: both stay, and the same id twice is told.
            _ = try Self.moveToFreeName(other, from: directory, wanted: "kept-\(ids.token(5)).md", in: directory)
        }
        throw changed(path)
    }

    /// The text below the front matter: all of it where there is none, nothing where it was cut short.
    private static func text(_ bytes: [UInt8]) -> [UInt8] {
        do throws(TicketFault) {
            guard let block = try FrontMatterBlock.find(in: bytes) else {
                return Array(bytes[FrontMatterBlock.textStart(bytes)...])
            }
            return Array(bytes[block.body...])
        } catch {
            return []
        }
    }
}
