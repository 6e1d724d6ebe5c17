package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import ReeveModel

/// Posts each notice to one address, until the other side has taken it or it is given up.
///
/// Retried: no connection, no answer in time, 408, 429 and 5xx. Everything else is an answer: a redirect is not followed, because the
/// signed text would go to somebody whom nobody named.
package struct WebhookDoor: NotificationDoor {
    /// Of an answer that is read before the connection is given up; nothing of it is used.
    private static let longestAnswer = 16_384

    private let address: WebhookAddress
    private let secret: SecretReference?
    private let token: SecretReference?
    private let environment: [String: String]
    private let client: HTTPClient
    private let patience: Duration
    private let schedule: RetrySchedule
    private let time: any TimeSource
    private let random: @Sendable () -> Double

    /// - Parameters:
    ///   - secret: signs; without one there is no signature.
    ///   - token: sent as `Authorization: Bearer`.
    ///   - environment: where `$NAME` is looked up.
    ///   - client: one for each door, made by `makeClient`; closed with it.
    ///   - patience: for one answer.
    package init(
        address: WebhookAddress, secret: SecretReference? = nil, token: SecretReference? = nil, environment: [String: String],
        client: HTTPClient = Self.makeClient(), patience: Duration = .seconds(10), schedule: RetrySchedule = RetrySchedule(),
        time: any TimeSource, random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.address = address
        self.secret = secret
        self.token = token
        self.environment = environment
        self.client = client
        self.patience = patience
        self.schedule = schedule
        self.time = time
        self.random = random
    }

    /// TLS as the library does it by default: certificates are verified.
    package static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        configuration.connectionPool.idleTimeout = .seconds(15)
        // Its own retries of connections would come on top of ours, and hide why.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private enum Answer {
        case taken
        case later(String, Duration?)
        case refused(String)
    }

    package func deliver(_ notice: Notice) async throws(ReeveError) {
        let body = notice.json
        let began = time.uptime()
        var failures = 0
        while true {
            let problem: String
            let wish: Duration?
            switch try await attempt(notice, body) {
            case .taken: return
            case .refused(let reason):
                throw .unavailable(
                    "\(address.shown) refused a notice: \(reason)", hint: "look at the webhook's address and secret")
            case .later(let reason, let retryAfter): (problem, wish) = (reason, retryAfter)
            }
            failures += 1
            guard let delay = schedule.delay(failures: failures, spent: time.uptime() - began, random: random(), wish: wish)
            else {
                throw .unavailable("\(address.shown) did not take a notice in \(failures) tries: \(problem)")
            }
            do { try await time.sleep(for: delay) } catch {
                throw ReeveError(.shuttingDown, "stopped before \(address.shown) took it")
            }
        }
    }

    package func close() async { try? await client.shutdown() }

    private func attempt(_ notice: Notice, _ body: [UInt8]) async throws(ReeveError) -> Answer {
        var request = HTTPClientRequest(url: address.url)
        request.method = .POST
        let timestamp = String(time.wall().milliseconds / 1000)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "reeve")
        request.headers.add(name: "X-Reeve-Delivery", value: notice.key)
        request.headers.add(name: "X-Reeve-Event", value: notice.kind.rawValue)
        request.headers.add(name: "X-Reeve-Timestamp", value: timestamp)
        if let secret {
            let value = WebhookSignature.header(secret: try secret.read(environment), timestamp: timestamp, body: body)
            request.headers.add(name: "X-Reeve-Signature", value: value)
        }
        if let token {
            let text = String(decoding: try token.read(environment), as: UTF8.self)
            guard !text.utf8.contains(where: { $0 < 0x21 || $0 > 0x7E }) else {
                throw .unavailable("the token for \(address.shown) is not one word", hint: "it becomes a line of the request")
            }
            request.headers.add(name: "Authorization", value: "Bearer \(text)")
        } else if let user = address.user {
            request.setBasicAuth(username: user, password: address.password ?? "")
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .milliseconds(patience.milliseconds))
            await Self.skim(response.body)
            return judge(response)
        } catch {
            // The error's own text may hold the address.
            return .later((error as? HTTPClientError).map { "\($0.shortDescription)" } ?? "no connection", nil)
        }
    }

    private func judge(_ response: HTTPClientResponse) -> Answer {
        let code = response.status.code
        switch code {
        case 200..<300: return .taken
        case 408, 429, 500...599:
            let wish = response.headers.first(name: "Retry-After").flatMap { RetryAfter.parse($0, now: time.wall()) }
            return .later("status \(code)", wish)
        case 300..<400: return .refused("status \(code), a redirect, which is not followed")
        default: return .refused("status \(code)")
        }
    }

    /// Reads a short answer to its end, so that its connection can be used again; a long one is dropped with its connection.
    private static func skim(_ body: HTTPClientResponse.Body) async {
        var left = longestAnswer
        do {
            for try await part in body {
                left -= part.readableBytes
                if left < 0 { return }
            }
        } catch { return }
    }
}
