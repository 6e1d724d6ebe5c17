import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Renames that never overwrite: what is at the target stays, or changes places with what comes.
enum Renaming {
    /// renameat2(2) by its symbol: glibc declares it only for `_GNU_SOURCE`, which Swift's module does not set.
    #if canImport(Glibc)
    private typealias RenameAt2 = @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
    private static let renameAt2: RenameAt2? = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: RenameAt2.self) }
    private static let noReplace: UInt32 = 1
    private static let swap: UInt32 = 2
    #else
    private static let noReplace = UInt32(RENAME_EXCL)
    private static let swap = UInt32(RENAME_SWAP)
    #endif

    /// Moves `name` to `target`, where nothing may be.
    /// - Throws: `conflict` when something is.
    static func move(
        _ name: String, from source: borrowing FolderDirectory, to target: String, in directory: borrowing FolderDirectory
    ) throws(ReeveError) {
        let code = rename(source.descriptor, name, directory.descriptor, target, noReplace)
        if code == 0 { return }
        guard isUnknown(code) else { throw FolderFailure.error("make", "\(directory.path)/\(target)", code) }
        // A file system without it: for a moment the file has two names, which `TicketFolder.tidy` knows how to end.
        guard linkat(source.descriptor, name, directory.descriptor, target, 0) == 0 else {
            throw FolderFailure.error("make", "\(directory.path)/\(target)", errno)
        }
        try source.remove(name)
    }

    /// Lets two files of one directory change places, at once.
    /// - Returns: false when the file system cannot; nothing is done then.
    static func exchange(_ one: String, _ other: String, in directory: borrowing FolderDirectory) throws(ReeveError) -> Bool {
        let code = rename(directory.descriptor, one, directory.descriptor, other, swap)
        if code == 0 { return true }
        if isUnknown(code) { return false }
        throw FolderFailure.error("replace", "\(directory.path)/\(other)", code)
    }

    /// - Returns: 0, or `errno`.
    private static func rename(_ from: Int32, _ name: String, _ to: Int32, _ target: String, _ flags: UInt32) -> Int32 {
        #if canImport(Glibc)
        guard let renameAt2 else { return ENOSYS }
        return renameAt2(from, name, to, target, flags) == 0 ? 0 : errno
        #else
        return renameatx_np(from, name, to, target, flags) == 0 ? 0 : errno
        #endif
    }

    private static func isUnknown(_ code: Int32) -> Bool { code == EINVAL || code == ENOSYS || code == ENOTSUP }
}
