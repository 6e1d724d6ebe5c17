#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The names in a directory.
package enum DirectoryEntries {
    /// Sorted, without `.` and `..`. A name that is not UTF-8 has U+FFFD in it, and opening it fails.
    /// - Parameter descriptor: of an open directory; stays open, and its position does not matter.
    /// - Returns: nil when it cannot be read; `errno` says why.
    package static func names(_ descriptor: Int32) -> [String]? {
        // A new open file for each listing: a duplicate would share the position with another listing.
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { return nil }
        guard let stream = fdopendir(own) else {
            close(own)
            return nil
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        return errno == 0 ? names.sorted() : nil
    }
}
