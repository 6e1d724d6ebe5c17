import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Processes
import ReeveModel

/// Looks whether a page is there, and shows it to people.
protocol PageBrowser: Sendable {
    /// Why the page cannot be looked at yet; nil when it can.
    func problem(of url: String) async -> String?
    func open(_ url: String) async -> ReeveError?
    func close() async
}

/// Asks over HTTP, and opens with the configured command.
struct LocalBrowser: PageBrowser {
    /// For one answer: a development server that compiles first holds its answer back.
    private static let patience = Duration.seconds(10)
    /// An argument vector; the address becomes the last one. Empty: nobody opens pages.
    let command: [String]
    let environment: [String: String]
    private let client: HTTPClient

    init(command: [String], environment: [String: String]) {
        self.command = command
        self.environment = environment
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(2)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func problem(of url: String) async -> String? {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "reeve")
        do {
            let response = try await client.execute(request, timeout: .milliseconds(Self.patience.milliseconds))
            // Not there is an answer of a server that runs; one that fails may still be on its way.
            return response.status.code < 500 ? nil : "it answers \(response.status.code)"
        } catch let error as HTTPClientError {
            return error.shortDescription
        } catch  where error is NIOConnectionError || error is IOError || error is CancellationError {
            return "no connection"
        } catch {
            // Somebody is there and has a certificate of his own making, as development servers have. It is for the browser to judge.
            return nil
        }
    }

    func open(_ url: String) async -> ReeveError? {
        guard !command.isEmpty else { return nil }
        let name = command[0]
        do {
            // As long as it likes: it may be the browser itself.
            let run = try await ProcessRunner.runKeepingEnd(command + [url], environment: environment, kept: 400)
            guard run.status != 0 else { return nil }
            let said = InertText.clean(run.end.split(whereSeparator: \.isNewline).last.map(String.init) ?? "")
            return .unavailable("'\(name)' exited with \(run.status)" + (said.isEmpty ? "" : ": \(said)"))
        } catch {
            return error as? ReeveError ?? .unavailable("'\(name)' was not run to its end: \(error)")
        }
    }

    func close() async { try? await client.shutdown() }
}
