import Foundation
import KeeperLink

#if canImport(Glibc)
import Glibc
#endif

/// A program on a pseudo-terminal of its own, as a multiplexer would run it.
final class PseudoTerminal {
    private var primary: Int32
    private let pid: pid_t
    private var collected: [UInt8] = []

    struct Failure: Error {}

    init(_ arguments: [String]) throws {
        // posix_openpt and friends are hidden behind _GNU_SOURCE; these are the two requests that they make.
        primary = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: Int32 = 0
        guard primary >= 0, ioctl(primary, 0x4004_5431, &unlocked) == 0, ioctl(primary, 0x8004_5430, &number) == 0 else {
            throw Failure()
        }
        let path = "/dev/pts/\(number)"
        _ = fcntl(primary, F_SETFL, O_NONBLOCK)
        // setsid(1) makes the program a session leader; opening the terminal then makes it the controlling one.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(0x80))  // POSIX_SPAWN_SETSID, glibc 2.26
        posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var child: pid_t = 0
        let environment = ["TERM=xterm", "SECRET=s", "SHELL=/bin/sh", "PS1=shell-prompt$ ", "PATH=/usr/bin:/bin"]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        guard posix_spawn(&child, arguments[0], &actions, &attributes, &argv, &envp) == 0 else { throw Failure() }
        pid = child
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(primary, $0.baseAddress, $0.count) }
    }

    /// Everything shown so far.
    func output() -> String {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let n = read(primary, &chunk, chunk.count), n > 0 { collected += chunk[..<n] }
        return String(decoding: collected, as: UTF8.self)
    }

    /// Waits until `text` has been shown, typing `keys` every now and then.
    func wait(for text: String, typing keys: String? = nil) -> Bool {
        var looks = 0
        return poll(until: {
            if let keys, looks % 50 == 49 { type(keys) }
            looks += 1
            return output().contains(text)
        })
    }

    /// The line modes as bits.
    func modes() -> [UInt32] {
        var modes = termios()
        tcgetattr(primary, &modes)
        return [modes.c_iflag, modes.c_oflag, modes.c_lflag]
    }

    func hangUp() {
        Glibc.close(primary)
        primary = -1
    }

    /// To the program that was started here.
    func signal(_ number: Int32) { Glibc.kill(pid, number) }

    /// SIGKILL, and waits for the end.
    func kill() {
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    func close() {
        if primary >= 0 { Glibc.close(primary) }
        Glibc.kill(pid, SIGKILL)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }
}

/// Looks every few milliseconds, at most forty seconds.
func poll(until condition: () -> Bool) -> Bool {
    for _ in 0..<8000 {
        if condition() { return true }
        usleep(5000)
    }
    return condition()
}

/// A plain client of one keeper.
final class KeeperProbe {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var pushes: [KeeperPush] = []
    private var number = 0

    struct Closed: Error {}

    init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let end = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        descriptor = end
        let connected = poll(until: {
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(end, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
        })
        guard connected else { throw Closed() }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func run(_ order: KeeperOrder) throws -> KeeperFact { try ask(.run(order)).fact }
    func state(_ launch: String) throws -> KeeperFact { try ask(.state(launch: launch)).fact }
    func unread(_ launch: String) throws -> Int { try ask(.state(launch: launch)).unread }
    func signal(_ launch: String, _ number: Int32) throws { _ = try ask(.signal(launch: launch, signal: Int(number))) }

    func awaitPush(_ launch: String) throws -> KeeperFact {
        while true {
            if let index = pushes.firstIndex(where: { if case .changed(launch, _) = $0 { true } else { false } }) {
                guard case .changed(_, let fact) = pushes.remove(at: index) else { throw Closed() }
                return fact
            }
            _ = try next()
        }
    }

    func write(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } }

    func isClosed() -> Bool {
        var byte: UInt8 = 0
        return read(descriptor, &byte, 1) == 0
    }

    private func ask(_ request: KeeperRequest) throws -> (fact: KeeperFact, unread: Int) {
        number += 1
        write(KeeperCodec.encode(request, number: number))
        while true {
            guard case .reply(number, let reply) = try next() else { continue }
            guard case .fact(_, let fact, let unread) = reply else { throw Closed() }
            return (fact, unread)
        }
    }

    private func next() throws -> KeeperAnswer {
        while true {
            if let body = try Frame.next(&buffer) {
                let answer = try KeeperCodec.decodeAnswer(body)
                if case .push(let push) = answer { pushes.append(push) }
                return answer
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let n = read(descriptor, &chunk, chunk.count)
            guard n > 0 else { throw Closed() }
            buffer += chunk[..<n]
        }
    }
}
