/// A method of the protocol as a type: its name, what goes in and what comes out.
package protocol WireMethod: Sendable {
    associatedtype Params: WireObject
    associatedtype Result: WireObject
    static var name: String { get }
    /// One sentence for `docs/protocol.md`.
    static var summary: String { get }
    /// Changes something, so it takes an `idempotencyKey`.
    static var isMutating: Bool { get }
}

extension WireMethod {
    package static var isMutating: Bool { false }
}

/// The member that every mutating method takes besides its own.
package enum IdempotencyKey {
    package static let member = "idempotencyKey"
    package static let longest = 128
}
