import FileEvents
import Foundation
import ReeveAgents
import ReeveModel

/// Which files tell of threads, and what is new in them. Holds the sources and the watched directories; whoever owns it calls it from one
/// thread at a time, one that may wait for the disk.
struct TranscriptWatch: Sendable {
    /// What a look has found.
    struct News: Sendable {
        var reports: [ThreadReport] = []
        /// Files of the registry as they are now; nil: gone.
        var registry: [(name: String, entry: RegistryEntry?, isGone: Bool)] = []
        var names: [(ThreadKey, String)] = []
    }

    private struct Folder: Sendable {
        var place: TranscriptPaths.Place
        /// Folders that may still lie below.
        var depth: Int
    }

    /// Older threads are read when they go on.
    static let youth = Duration.seconds(86_400)
    /// The youngest, if there are more.
    static let mostAtFirst = 200

    private let places: [TranscriptPaths.Place]
    private let watcher: DirectoryWatcher?
    private let files = DiskTranscriptFiles()
    private var folders: [String: Folder] = [:]
    private var sources: [String: ThreadSource] = [:]
    /// Watched for places that are not there yet.
    private var above: Set<String> = []
    private var index: [String: CodexIndex] = [:]

    init(places: [TranscriptPaths.Place], watcher: DirectoryWatcher?) {
        self.places = places
        self.watcher = watcher
    }

    /// Lines that could not be read in the file of a thread.
    func skipped(_ path: String) -> Int { sources[path]?.skipped ?? 0 }

    /// Looks at all places, and watches those that have come to be. To be repeated now and then: a place that is not there cannot be watched.
    mutating func scan(now: Timestamp) -> News {
        var found: [(path: String, place: TranscriptPaths.Place, modified: Timestamp)] = []
        for place in places {
            if place.form == .index {
                found.append((place.path, place, now))
            } else {
                enter(place.path, Folder(place: place, depth: place.depth), &found)
                if folders[place.path] == nil { awaitPlace(place.path) }
            }
        }
        let youngest = found.filter { $0.modified.advanced(by: Self.youth) >= now }.sorted { $0.modified > $1.modified }
        var news = News()
        for file in youngest.prefix(Self.mostAtFirst) where sources[file.path] == nil || file.place.form != .lines {
            look(file.path, file.place, &news)
        }
        return news
    }

    /// What an event means.
    mutating func take(_ event: FileEvent, now: Timestamp) -> News {
        var news = News()
        if event.kind == .directoryGone {
            folders[event.directory] = nil
            return news
        }
        guard let name = event.name else { return event.kind == .overflow ? scan(now: now) : news }
        let path = "\(event.directory)/\(name)"
        if above.contains(event.directory), event.kind == .created || event.kind == .movedIn,
            places.contains(where: { $0.path == path || $0.path.hasPrefix("\(path)/") })
        {
            return scan(now: now)
        }
        if let folder = folders[event.directory] {
            if folder.depth > 0, event.kind == .created || event.kind == .movedIn, isFolder(path) {
                var found: [(path: String, place: TranscriptPaths.Place, modified: Timestamp)] = []
                enter(path, Folder(place: folder.place, depth: folder.depth - 1), &found)
                for file in found { look(file.path, file.place, &news) }
                return news
            }
            for place in places where place.form != .index && event.directory.hasPrefix(place.path) && counts(path, place) {
                look(path, place, &news)
            }
        }
        for place in places where place.form == .index && place.path == path { look(path, place, &news) }
        return news
    }

    // MARK: Files

    private mutating func look(_ path: String, _ place: TranscriptPaths.Place, _ news: inout News) {
        switch place.form {
        case .registry:
            let name = Self.name(path)
            guard ClaudeRegistry.pid(fileName: name) != nil else { return }
            guard let file = files.open(path) else {
                news.registry.append((name, nil, true))
                return
            }
            let entry = ClaudeRegistry.read(fileName: name, file.read(at: 0, upTo: ClaudeRegistry.largest))
            news.registry.append((name, entry, false))
        case .index:
            guard let file = files.open(path) else { return }
            var reader = index[path] ?? CodexIndex()
            for (thread, title) in reader.poll(file) { news.names.append((ThreadKey(kind: place.kind, id: thread), title)) }
            index[path] = reader
        case .lines, .document, .database:
            // A database's log tells of it.
            let main = place.form == .database ? Self.main(path) : path
            guard var source = sources[main] ?? ThreadSource(kind: place.kind, form: place.form, path: main) else { return }
            news.reports += source.poll(files)
            sources[main] = source
        }
    }

    private func counts(_ path: String, _ place: TranscriptPaths.Place) -> Bool {
        let main = place.form == .database ? Self.main(path) : path
        if let name = place.name { return main == "\(place.path)/\(name)" }
        if place.form == .registry { return ClaudeRegistry.pid(fileName: Self.name(main)) != nil }
        guard main.hasPrefix(place.path + "/") else { return false }
        return TranscriptPaths.isTranscript(String(main.dropFirst(place.path.count + 1)), in: place)
    }

    private mutating func enter(
        _ directory: String, _ folder: Folder, _ found: inout [(path: String, place: TranscriptPaths.Place, modified: Timestamp)]
    ) {
        if folders[directory] == nil {
            // What cannot be watched is looked at by the next scan.
            do throws(ReeveError) { try watcher?.add(directory) } catch { return }
            folders[directory] = folder
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for name in names {
            let path = "\(directory)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if folder.depth > 0 { enter(path, Folder(place: folder.place, depth: folder.depth - 1), &found) }
            } else if counts(path, folder.place) {
                #if canImport(Darwin)
                let time = status.st_mtimespec
                #else
                let time = status.st_mtim
                #endif
                found.append((path, folder.place, Timestamp(milliseconds: Int64(time.tv_sec) * 1000)))
            }
        }
    }

    /// An agent that is used for the first time makes its folders then.
    private mutating func awaitPlace(_ path: String) {
        var rest = path[...]
        while let slash = rest.lastIndex(of: "/"), slash != rest.startIndex {
            rest = rest[..<slash]
            let directory = String(rest)
            guard isFolder(directory) else { continue }
            if above.contains(directory) { return }
            do throws(ReeveError) { try watcher?.add(directory) } catch { return }
            above.insert(directory)
            return
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func main(_ path: String) -> String {
        for suffix in ["-wal", "-shm", "-journal"] where path.hasSuffix(suffix) { return String(path.dropLast(suffix.count)) }
        return path
    }
}
