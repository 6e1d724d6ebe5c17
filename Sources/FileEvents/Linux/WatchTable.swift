/// Which directory has which watch. Two names of one directory share a watch: the kernel gives the same number for the same inode.
struct WatchTable {
    private var watchOf: [String: Int32] = [:]
    private var directoriesOf: [Int32: Set<String>] = [:]
    var isClosed = false

    var directories: [String] { watchOf.keys.sorted() }

    func directories(of watch: Int32) -> [String] { (directoriesOf[watch] ?? []).sorted() }

    /// - Returns: the watch that nobody uses any more, if this was the last name of another one: something else stands at that path now.
    mutating func set(_ directory: String, _ watch: Int32) -> Int32? {
        guard watchOf[directory] != watch else { return nil }
        let unused = remove(directory)
        watchOf[directory] = watch
        directoriesOf[watch, default: []].insert(directory)
        return unused
    }

    /// - Returns: the watch, if nobody uses it any more.
    mutating func remove(_ directory: String) -> Int32? {
        guard let watch = watchOf.removeValue(forKey: directory) else { return nil }
        directoriesOf[watch]?.remove(directory)
        guard directoriesOf[watch]?.isEmpty == true else { return nil }
        directoriesOf[watch] = nil
        return watch
    }

    /// - Returns: the directories that were known by it.
    mutating func forget(_ watch: Int32) -> [String] {
        let directories = directories(of: watch)
        for directory in directories { watchOf[directory] = nil }
        directoriesOf[watch] = nil
        return directories
    }
}
