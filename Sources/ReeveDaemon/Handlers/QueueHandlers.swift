import ReeveControl
import ReeveEngine
import ReeveModel
import ReeveWire

extension Handlers {
    func registerQueue(_ router: inout Router) {
        let queue = engine.queue
        let board = engine.board
        router.registerFast(QueueStatus.self) { _ in Self.answer(board).json }
        router.register(QueuePause.self) { _, _ in
            try await queue.setPaused(true)
            return Self.answer(board)
        }
        router.register(QueueResume.self) { _, _ in
            try await queue.setPaused(false)
            return Self.answer(board)
        }
        router.register(QueueLaunch.self) { params, _ in
            TicketAnswer(TicketShape(try await queue.launch(try params.ticket.map { try Self.ticketID($0) })))
        }
    }

    private static func answer(_ board: StatusBoard) -> QueueAnswer {
        let picture = board.picture
        var answer = QueueAnswer()
        answer.paused = picture.isPaused
        answer.queued = picture.queued
        answer.running = picture.running
        answer.limit = picture.limit
        answer.hold = picture.hold ?? picture.brakes.first { $0.scope == .all }.map { LaunchBreaker.spoken($0) }
        return answer
    }
}
