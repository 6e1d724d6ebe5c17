#!/usr/bin/env python3
"""A stand-in for reeved that speaks just enough of docs/protocol.md for every row of the suite to run.

It exists so that a change to the driver can be tried in a minute, without a Swift build. Its figures mean
nothing: each session costs a tmux process, exits are seen by pidfd, and the only thing it keeps is what the
`start` row counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sqlite3
import sys
import tomllib
from pathlib import Path

CANCELLED, QUEUED, RUNNING, DONE, LOST = "cancelled", "queued", "running", "done", "lost"
LINE_LIMIT = 1 << 20


class Refused(Exception):
    """An error answer, by its kind."""


class FakeDaemon:
    """State and methods; a method `noun.verb` is the function `noun_verb`."""

    def __init__(self, configuration: dict, runtime: Path, state: Path):
        self.queue, self.agents = configuration["queue"], configuration["agents"]
        self.runtime, self.wrapper = runtime, configuration["sessions"]["wrapper"]
        tmux = configuration["sessions"]["tmux"]
        self.tmux = [tmux["binary_path"], "-L", tmux["socket_name"], "-f", "/dev/null"]
        self.database = sqlite3.connect(state / "fake.db", isolation_level=None)
        self.database.execute("pragma journal_mode=wal")
        self.database.execute("pragma synchronous=full")
        self.database.execute("create table if not exists ticket(id integer primary key, agent text, state text)")
        self.paused = False
        self.events: list[dict] = []
        self.subscribers: list[tuple[asyncio.StreamWriter, list[str] | None]] = []
        self.sessions: dict[str, dict] = {}
        self.launching = asyncio.Lock()

    async def system_ping(self, _: dict) -> dict:
        return {"pong": True}

    async def system_status(self, _: dict) -> dict:
        counts = dict(self.database.execute("select state, count(*) from ticket group by state"))
        return {"version": "0-fake", "pid": os.getpid(), "paused": self.paused, "counts": counts, "cursor": len(self.events)}

    async def queue_pause(self, _: dict) -> dict:
        self.paused = True
        return {"paused": True}

    async def queue_resume(self, _: dict) -> dict:
        self.paused = False
        asyncio.get_running_loop().create_task(self.launch_all())
        return {"paused": False}

    async def ticket_create(self, params: dict) -> dict:
        agent = params.get("agent", self.queue["default_agent"])
        row = self.database.execute("insert into ticket(agent, state) values(?, ?)", (agent, QUEUED)).lastrowid
        self.publish("ticket.created", str(row), {})
        return {"ticket": {"id": str(row), "title": params["title"], "state": QUEUED}}

    async def ticket_cancel(self, params: dict) -> dict:
        self.set_state(params["ticket"], CANCELLED)
        return {"ticket": {"id": params["ticket"], "state": CANCELLED}}

    async def agent_list(self, _: dict) -> dict:
        running = self.database.execute("select id from ticket where state = ?", (RUNNING,))
        return {"agents": [{"ticket": str(row), "state": "running"} for (row,) in running]}

    async def agent_get(self, params: dict) -> dict:
        return {"agent": {"ticket": params["ticket"], "session": f"op-{params['ticket']}"}}

    async def agent_attach(self, params: dict) -> dict:
        return {"command": ["reeve-terminal", "attach", str(self.runtime / "sessions" / f"op-{params['ticket']}.tty")]}

    async def session_spawn(self, params: dict) -> dict:
        await self.new_session(params["name"], params["command"])
        return {"session": self.sessions[params["name"]]}

    async def session_destroy(self, params: dict) -> dict:
        if self.sessions.pop(params["name"], None) is None:
            raise Refused("not_found")
        return {}

    async def new_session(self, name: str, command: list[str]) -> int:
        """The pid of the program in a new session, or of the stand-in of its terminal."""
        arguments = [*self.tmux, "new-session", "-d", "-P", "-F", "#{pane_pid}", "-s", name, *command]
        if self.wrapper == "reeve":
            (self.runtime / "sessions").mkdir(exist_ok=True)
            arguments = ["reeve-terminal", "start", name, "--runtime-dir", str(self.runtime), "--", *command]
        process = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        if process.returncode != 0:
            raise Refused("unavailable")
        self.sessions[name] = {"name": name, "backend": "tmux", "width": 80, "height": 24}
        return int(output)

    async def session_send(self, _: dict) -> dict:
        return {"delivered": True}

    async def session_capture(self, params: dict) -> dict:
        return {"text": "x\n" * params["lines"]}

    async def session_list(self, _: dict) -> dict:
        return {"sessions": list(self.sessions.values())}

    async def events_read(self, params: dict) -> dict:
        first = params["since"]
        return {"events": self.events[first:first + params.get("limit", 1000)], "cursor": len(self.events)}

    def subscribe(self, writer: asyncio.StreamWriter, params: dict) -> dict:
        self.subscribers.append((writer, params.get("kinds")))
        return {"cursor": len(self.events)}

    async def launch_all(self) -> None:
        """Starts queued tickets until the queue is empty, paused or at its limit."""
        async with self.launching:
            queued = self.database.execute("select id, agent from ticket where state = ? order by id", (QUEUED,)).fetchall()
            for row, agent in queued:
                running = self.database.execute("select count(*) from ticket where state = ?", (RUNNING,)).fetchone()[0]
                if self.paused or running >= self.queue["max_parallel"]:
                    return
                arguments = [argument.replace("{ticket}", str(row)) for argument in self.agents[agent]["start"]]
                pid = os.pidfd_open(await self.new_session(f"op-{row}", arguments))
                self.set_state(str(row), RUNNING)
                self.publish("agent.state", str(row), {"agent": {"ticket": str(row), "state": "running"}})
                asyncio.get_running_loop().add_reader(pid, self.ended, str(row), pid)

    def ended(self, ticket: str, pid: int) -> None:
        """An agent's pidfd became readable: it is gone."""
        asyncio.get_running_loop().remove_reader(pid)
        os.close(pid)
        self.sessions.pop(f"op-{ticket}", None)
        self.publish("agent.exited", ticket, {"agent": {"ticket": ticket, "state": "exited"}})
        asyncio.get_running_loop().create_task(self.finish(ticket))

    async def finish(self, ticket: str) -> None:
        """Done, or lost where the tmux server is gone too."""
        nowhere = asyncio.subprocess.DEVNULL
        asked = await asyncio.create_subprocess_exec(*self.tmux, "list-sessions", stdout=nowhere, stderr=nowhere)
        state = LOST if await asked.wait() else DONE
        self.set_state(ticket, state)
        self.publish("ticket.finished", ticket, {"ticket": {"id": ticket, "state": state}})

    def set_state(self, ticket: str, state: str) -> None:
        self.database.execute("update ticket set state = ? where id = ?", (state, ticket))

    def publish(self, kind: str, ticket: str, data: dict) -> None:
        """A client that does not read for long is dropped, not buffered."""
        event = {"seq": len(self.events), "kind": kind, "ticket": ticket, "data": data}
        self.events.append(event)
        line = encode({"jsonrpc": "2.0", "method": "event", "params": event})
        for writer, kinds in self.subscribers:
            if (kinds is None or kind in kinds) and not writer.is_closing():
                writer.write(line)
                if writer.transport.get_write_buffer_size() > LINE_LIMIT:
                    writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request after another."""
        try:
            while line := await reader.readline():
                writer.write(encode(await self.answer(json.loads(line), writer)))
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            self.subscribers = [subscriber for subscriber in self.subscribers if subscriber[0] is not writer]
            writer.close()

    async def answer(self, request: dict, writer: asyncio.StreamWriter) -> dict:
        method, params = request["method"], request.get("params", {})
        envelope = {"jsonrpc": "2.0", "id": request["id"]}
        try:
            if method == "events.subscribe":
                return envelope | {"result": self.subscribe(writer, params)}
            return envelope | {"result": await getattr(self, method.replace(".", "_"))(params)}
        except (AttributeError, Refused) as refusal:
            kind = str(refusal) if isinstance(refusal, Refused) else "unknown_method"
            return envelope | {"error": {"code": -32000, "message": f"{method} refused", "data": {"kind": kind}}}


def encode(message: dict) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


async def run(runtime: Path, state: Path, configuration: Path) -> None:
    """Serves until SIGTERM."""
    daemon = FakeDaemon(tomllib.loads(configuration.read_text()), runtime, state)
    path = runtime / "control.sock"
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(daemon.serve, path, limit=LINE_LIMIT)
    if address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notification:
            notification.sendto(b"READY=1\nSTATUS=fake", address)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("runtime-dir", "state-dir", "config"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(run(options.runtime_dir, options.state_dir, options.config))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
