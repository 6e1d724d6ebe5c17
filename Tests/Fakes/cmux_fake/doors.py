"""Who comes in, and by which door: the socket of cmux with its access modes, and the one of a test."""
import json, os, queue, signal, socket, socketserver, struct, sys, threading, time, uuid

from . import events, methods, state, terminals, words

DENIED = "ERROR: Access denied — only processes started inside cmux can connect"
# Faults that a test has ordered: taken by the next request of that method, first come first served.
faults = []


class Connection(socketserver.StreamRequestHandler):
    def say(self, value):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.wfile.write(text.encode() + b"\n")
        self.wfile.flush()

    def handle(self):
        state.connections.add(self)
        try:
            self.serve()
        except (BrokenPipeError, ConnectionResetError, ValueError):
            pass
        finally:
            state.connections.discard(self)

    def stranger(self):
        """Whether no ancestor of the peer is a terminal of ours."""
        pid = struct.unpack("3i", self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        terminal_pids = {int(surface.pid) for workspace in state.every_workspace() for surface in workspace.surfaces}
        while pid > 1:
            if pid in terminal_pids:
                return False
            pid = terminals.parent(pid)
        return True

    def serve(self):
        options = state.options
        welcome = options.mode != "cmuxOnly" or not self.stranger()
        known = options.mode != "password"
        if not welcome and not options.capability:
            return self.say(DENIED)
        for line in self.rfile:
            line = line.decode(errors="replace").strip()
            if not line:
                continue
            if not welcome:
                # Guessed: how the real program shows what it was given is not documented.
                if line != f"capability {options.capability}":
                    return self.say(DENIED)
                welcome = True
                self.say("OK")
            elif line.startswith("auth "):
                known = known or line[5:] == options.password
                self.say("OK: Authenticated" if known else "ERROR: Invalid password")
            elif not line.startswith("{"):
                with state.lock:
                    self.say(words.answer(line) if known else "ERROR: Authentication required — send auth <password> first")
            elif self.answer(line, known):
                return

    def answer(self, line, known):
        """Answers one request; true when nothing more comes on this connection."""
        try:
            request = json.loads(line)
            identity, method, parameters = request.get("id"), request["method"], request.get("params") or {}
        except (ValueError, KeyError, AttributeError):
            self.say({"id": None, "ok": False, "error": {"code": "parse_error", "message": "Invalid JSON"}})
            return False
        if not known:
            self.fail(identity, state.Refused("auth_required", "Authentication required. Send auth <password> first."))
            return False
        fault = next((fault for fault in faults if fault["method"] == method), None)
        if fault:
            faults.remove(fault)
            if "slow" in fault:
                time.sleep(fault["slow"])
            if "error" in fault:
                self.fail(identity, state.Refused(fault["error"], fault.get("message", "as ordered")))
                return False
            if fault.get("deaf"):
                return False
            if "say" in fault:
                self.say(fault["say"])
                return False
        if method == "events.stream" and "events" not in state.options.without:
            events.stream(self, identity, parameters)
            return True
        try:
            with state.lock:
                if method not in methods.METHODS:
                    raise state.Refused("method_not_found", "Unknown method")
                result = methods.METHODS[method](parameters)
        except state.Refused as refused:
            self.fail(identity, refused)
            return False
        answer = {"id": identity, "ok": True, "result": result}
        if fault and "id" in fault:
            answer["id"] = fault["id"]
        if fault and fault.get("cut"):
            self.wfile.write(json.dumps(answer).encode()[:20])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            return True
        self.say(answer)
        return False

    def fail(self, identity, refused):
        self.say({"id": identity, "ok": False, "error": {"code": refused.code, "message": refused.message, "data": refused.data}})


class Control(socketserver.StreamRequestHandler):
    """The test's own door: one JSON object a line, `{"do": …}`."""

    def handle(self):
        for line in self.rfile:
            order = json.loads(line)
            with state.lock:
                answer = getattr(self, "do_" + order.pop("do"))(**order)
            self.wfile.write(json.dumps(answer).encode() + b"\n")

    def do_set(self, **settings):
        for name, value in settings.items():
            setattr(state.options, name, value)
        return "OK"

    def do_fault(self, **fault):
        faults.append(fault)
        return "OK"

    def do_window(self):
        """A person opens a window."""
        return methods.window_create({})

    def do_leave(self):
        """Another application has the keyboard."""
        state.key_window = None
        return "OK"

    def do_edit(self, workspace, **values):
        found = state.find_workspace({"workspace_id": workspace})
        for name, value in values.items():
            setattr(found, name, value)
        events.emit("workspace.renamed", workspace=found)
        return "OK"

    def do_drop(self):
        """Every follower of events is taken for a slow one."""
        for subscriber in events.subscribers:
            subscriber.dropped = True
            subscriber.queue.put(None)
        return len(events.subscribers)

    def do_restart(self):
        """The application ends and starts again: its terminals end with it, and come back as shells."""
        old = [[(workspace.title, workspace.description, workspace.environment) for workspace in window.workspaces]
               for window in state.windows]
        for workspace in state.every_workspace():
            for surface in workspace.surfaces:
                surface.kill()
        state.windows.clear()
        state.boot, events.sequence = str(uuid.uuid4()).upper(), 0
        events.kept.clear()
        for window_of_old in old:
            window = terminals.Window()
            for title, description, environment in window_of_old:
                terminals.Workspace(window, title, description, environment)
        state.key_window = state.windows[0] if state.windows else None
        for connection in list(state.connections):
            try:
                connection.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        return "OK"

    def do_state(self):
        return {"boot": state.boot, "key": state.key_window.id if state.key_window else None, "windows": [
            {"id": window.id, "selected": window.selected.id if window.selected else None, "workspaces": [
                {"id": workspace.id, "title": workspace.title, "description": workspace.description, "status": workspace.status,
                 "progress": workspace.progress, "log": workspace.log, "environment": workspace.environment,
                 "surfaces": [surface.id for surface in workspace.surfaces]}
                for workspace in window.workspaces]}
            for window in state.windows]}


def look_for_ends():
    """A program has ended: its surface closes, and what was only there for it."""
    while True:
        time.sleep(0.05)
        with state.lock:
            for workspace in state.every_workspace():
                for surface in [surface for surface in workspace.surfaces if not surface.exited and surface.ended()]:
                    surface.exited = True
                    if state.options.exited == "stays":
                        continue
                    methods.close_surface(surface)
                    if workspace.surfaces:
                        continue
                    if len(workspace.window.workspaces) > 1:
                        methods.remove_workspace(workspace)
                    else:
                        workspace.surfaces.append(terminals.Surface(workspace))


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads, request_queue_size = True, 64


def serve():
    state.connections = set()
    terminals.prepare()

    def end(*_):
        terminals.tmux("kill-server", quiet=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    with state.lock:
        for _ in range(state.options.windows):
            window = terminals.Window()
            terminals.Workspace(window)
        state.key_window = state.windows[0] if state.windows else None
    threading.Thread(target=look_for_ends, daemon=True).start()
    control = Server(state.options.socket + ".control", Control)
    threading.Thread(target=control.serve_forever, daemon=True).start()
    if state.options.mode == "off":
        signal.pause()
    mode = 0o666 if state.options.mode == "allowAll" else 0o600
    mask = os.umask(0o777 & ~mode)
    server = Server(state.options.socket, Connection)
    os.umask(mask)
    print("ready", flush=True)
    server.serve_forever()
