import ReeveModel

@testable import ReeveMultiplexers

/// A multiplexer with real keepers in it, for the suite that every backend passes.
protocol Stage: AnyObject, Sendable {
    var multiplexer: any Multiplexer { get }
    var fleet: KeeperFleet { get }
    func events() -> [MultiplexerEvent]
    /// It stops answering; goes on; ends with everything in it.
    func hang() async throws
    func wake() async throws
    func kill() async throws
    static func with(_ body: (Self) async throws -> Void) async throws
}
