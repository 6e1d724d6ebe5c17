"""`events.stream`: what happens, counted, to whoever follows it."""
import collections, queue, uuid

from . import state

sequence = 0
kept = collections.deque(maxlen=4096)
subscribers = []


class Subscriber:
    def __init__(self, parameters):
        self.queue, self.dropped = queue.Queue(maxsize=1024), False
        self.categories = parameters.get("categories") or []

    def wants(self, event):
        return not self.categories or event["category"] in self.categories

    def offer(self, event):
        try:
            self.queue.put_nowait(event)
        except queue.Full:
            self.dropped = True


def emit(name, window=None, workspace=None, surface=None):
    global sequence
    sequence += 1
    window = window or (workspace.window if workspace else None)
    event = {
        "type": "event", "protocol": "cmux-events", "version": 1, "boot_id": state.boot, "seq": sequence, "id": f"{state.boot}-{sequence}",
        "name": name, "category": name.split(".")[0], "source": "workspace.lifecycle", "occurred_at": "2026-05-06T19:18:03.421Z",
        "workspace_id": workspace.id if workspace else None, "surface_id": surface.id if surface else None, "pane_id": None,
        "window_id": window.id if window else None, "payload": {},
    }
    kept.append(event)
    for subscriber in subscribers:
        if subscriber.wants(event):
            subscriber.offer(event)


def stream(connection, identity, parameters):
    after = parameters.get("after_seq")
    with state.lock:
        subscriber = Subscriber(parameters)
        oldest = kept[0]["seq"] if kept else sequence + 1
        gap = after is not None and (after + 1 < oldest or after > sequence)
        replay = [event for event in kept if after is not None and event["seq"] > after and subscriber.wants(event)]
        subscribers.append(subscriber)
    connection.say({
        "type": "ack", "protocol": "cmux-events", "version": 1, "boot_id": state.boot, "subscription_id": str(uuid.uuid4()),
        "heartbeat_interval_seconds": state.options.heartbeat, "replay_count": len(replay),
        "resume": {"after_seq": after, "requested_after_seq": after, "oldest_seq": oldest, "latest_seq": sequence,
                   "next_seq": sequence + 1, "gap": gap},
        "filters": {"names": [], "categories": subscriber.categories}})
    try:
        for event in replay:
            connection.say(event)
        while True:
            try:
                event = subscriber.queue.get(timeout=state.options.heartbeat)
            except queue.Empty:
                event = {"type": "heartbeat", "protocol": "cmux-events", "version": 1, "boot_id": state.boot, "latest_seq": sequence}
            if subscriber.dropped or event is None:
                connection.say({"id": identity, "ok": False, "error": {"code": "slow_consumer", "message": "Subscriber fell behind"}})
                return
            connection.say(event)
    finally:
        with state.lock:
            subscribers.remove(subscriber)
