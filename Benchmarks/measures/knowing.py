"""How soon it is known what an agent does, and what that costs."""

from __future__ import annotations

import json
import os
import subprocess
import time
from datetime import datetime, timezone
from pathlib import Path

from daemon import tickets
from daemon.client import Client, NoAnswer
from daemon.process import Daemon, Options
from host import processes
from host.workbench import Workbench
from report.line import Line, at_most

WAIT_SECONDS = 10
SESSION = "11111111-2222-4333-8444-555555555555"
TRANSCRIPTS = 200
TRANSCRIPT_BYTES = 100 << 20
FIRST_CONTACT_SECONDS = 5
SETTLE_SECONDS = 1


def hook_state(bench: Workbench) -> list[Line]:
    """An agent's event, and the `agent.state` that follows from it."""
    with bench.daemon() as daemon, daemon.client() as client, daemon.client() as subscriber:
        ticket = tickets.launch(daemon, 1).tickets[0]
        launch = client.call("agent.get", {"ticket": ticket})["agent"]["launch"]
        subscriber.subscribe("agent.state")

        def tell(event: dict) -> None:
            at = time.time_ns() // 1_000_000
            client.call("agent.event", {"kind": "claude", "at": at, "launch": launch, "ticket": ticket, "event": event})

        def event(name: str, number: int = 0) -> dict:
            return {"hook_event_name": name, "session_id": SESSION, "cwd": "/", "tool_name": "Bash", "tool_use_id": f"t{number}",
                    "tool_input": {}, "tool_response": {}, "prompt": "x"}

        def turn(number: int) -> float:
            sent = time.monotonic_ns()
            tell(event("PostToolUse" if number % 2 else "PreToolUse", number // 2))
            return (_arrival(subscriber) - sent) / 1e6

        # It is shown as running already.
        tell(event("UserPromptSubmit"))
        samples = [turn(number) for number in range(bench.plan.count(400, 100))]
    return [_p95("hook-state", "hook event → `agent.state` at a subscriber, p95", 20, samples)]


def transcript_state(bench: Workbench) -> list[Line]:
    """A line at the end of a transcript, and the `agent.state` that follows from it."""
    home = Path(bench.scratch.environment()["HOME"])
    folder = home / ".claude" / "projects" / "p"
    folder.mkdir(parents=True, exist_ok=True)
    told = home / "conversation"
    agent = ["/bin/sh", "-c", f'echo "$0" > {told}; exec sleep 100000', "{session_id}"]
    with bench.daemon(Options(agents={"writer": agent})) as daemon, daemon.client() as subscriber:
        tickets.launch(daemon, 1, "writer")
        processes.wait_for("the agent's conversation", lambda: told.exists() and told.read_text().endswith("\n"))
        conversation = told.read_text().strip()
        subscriber.subscribe("agent.state")
        transcript = folder / f"{conversation}.jsonl"

        def write(line: dict) -> None:
            with transcript.open("a") as file:
                file.write(json.dumps(line) + "\n")

        def turn(number: int) -> float:
            line = _user(conversation, number) if number % 2 == 0 else _end(conversation, number)
            sent = time.monotonic_ns()
            write(line)
            return (_arrival(subscriber) - sent) / 1e6

        # It is shown as running already; a moment later it is known whose the file is.
        write(_user(conversation, 0))
        time.sleep(SETTLE_SECONDS)
        samples = [turn(number) for number in range(1, bench.plan.count(200, 60))]
    transcript.unlink()
    return [_p95("transcript-state", "transcript grows → `agent.state` at a subscriber, p95", 50, samples)]


def transcripts(bench: Workbench) -> list[Line]:
    """Many long transcripts that do not grow."""
    folder = Path(bench.scratch.environment()["HOME"]) / ".claude" / "projects" / "many"
    folder.mkdir(parents=True, exist_ok=True)
    files = [_long(folder, number) for number in range(TRANSCRIPTS)]
    try:
        with bench.daemon() as daemon:
            time.sleep(FIRST_CONTACT_SECONDS)
            contact = processes.cpu_seconds(daemon.pid)
            window = bench.plan.count(30, 10)
            time.sleep(window)
            percent = (processes.cpu_seconds(daemon.pid) - contact) / window * 100
            resident = processes.memory(daemon.pid).resident / (1 << 20)
    finally:
        for file in files:
            file.unlink()
    what = f"{TRANSCRIPTS} transcripts of {TRANSCRIPT_BYTES >> 20} MiB: "
    return [
        Line("transcripts-200", what + "processor time of the start and first contact", at_most(1, "s"), "s", ours=contact),
        Line("transcripts-200", what + "processor time while nothing happens", at_most(0.5, "%"), "%", ours=percent),
        Line("transcripts-200", what + "resident", at_most(60, "MiB"), "MiB", ours=resident),
    ]


def hook_cold(bench: Workbench) -> list[Line]:
    """The program that agents wait for, with a daemon and without one."""
    runs = bench.plan.count(200, 50)
    with bench.daemon() as daemon:
        up = [_hook_seconds(bench, daemon) * 1e3 for _ in range(runs)]
    down = [_hook_seconds(bench, daemon) * 1e3 for _ in range(runs)]
    return [
        _p95("hook-cold", "`reeve hook claude`, daemon up, p95", 30, up),
        _p95("hook-cold", "`reeve hook claude`, daemon down, p95", 30, down),
    ]


def approve_prompt(bench: Workbench) -> list[Line]:
    """From the approval to the next prompt, typed, submitted and seen in the agent's terminal."""
    demo = str(bench.binaries / "reeve-demo-agent")
    agent = [demo, "--work", "1", "--report", "--", "{prompt}"]
    with bench.daemon(Options(agents={"demo-reports": agent})) as daemon:
        types = daemon.state.parent / "types"
        types.mkdir(exist_ok=True)
        (types / "TWO.toml").write_text(
            'name = "TWO"\n' + "".join(f'[[steps]]\nname = "{name}"\nreview = "plan"\nprompt = "{name}"\n' for name in "ab"))
        with daemon.client() as client, daemon.client() as subscriber:
            client.call("system.reload")
            subscriber.subscribe("agent.step", "agent.review")

            def ticket() -> float:
                made = client.call("ticket.create", {"title": "x", "type": "TWO", "agent": "demo-reports"})
                name = made["ticket"]["id"]
                _until(subscriber, name, "agent.review", "a")
                sent = time.monotonic_ns()
                client.call("agent.approve", {"ticket": name})
                arrived = _until(subscriber, name, "agent.step", "b")
                client.call("ticket.cancel", {"ticket": name})
                return (arrived - sent) / 1e6

            samples = [ticket() for _ in range(bench.plan.count(40, 15))]
    return [_p95("approve-prompt", "approve → next prompt in the agent's terminal, p95", 300, samples)]


def _p95(row: str, what: str, limit: float, samples: list[float]) -> Line:
    ordered = sorted(samples)
    middle = ordered[len(ordered) // 2]
    return Line(row, what, at_most(limit, "ms"), "ms", ours=ordered[int(len(ordered) * 0.95)],
                remarks=[f"median {middle:.1f} ms of {len(samples)}"], samples=samples)


def _arrival(subscriber: Client) -> int:
    event = subscriber.next_event(time.monotonic() + WAIT_SECONDS)
    if event is None:
        raise NoAnswer(f"no agent.state within {WAIT_SECONDS} s")
    return event.arrived


def _until(subscriber: Client, ticket: str, kind: str, step: str) -> int:
    deadline = time.monotonic() + WAIT_SECONDS
    while (event := subscriber.next_event(deadline)) is not None:
        if event.ticket == ticket and event.kind == kind and event.data.get("step") == step:
            return event.arrived
    raise NoAnswer(f"no {kind} of {step} within {WAIT_SECONDS} s")


def _hook_seconds(bench: Workbench, daemon: Daemon) -> float:
    environment = bench.scratch.environment(REEVE_SOCKET=str(daemon.socket), REEVE_SPOOL=str(daemon.state / "spool"))
    event = json.dumps({"hook_event_name": "Notification", "session_id": SESSION, "cwd": "/", "message": "x"}).encode()
    started = time.monotonic()
    subprocess.run([str(bench.binaries / "reeve"), "hook", "claude"], input=event, env=environment, check=True)
    return time.monotonic() - started


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _user(conversation: str, number: int) -> dict:
    return {"type": "user", "uuid": f"u-{number}", "timestamp": _now(), "sessionId": conversation, "cwd": "/", "version": "2.1.0",
            "isSidechain": False, "message": {"role": "user", "content": f"paint the shed {number}"}}


def _end(conversation: str, number: int) -> dict:
    return {"type": "assistant", "uuid": f"a-{number}", "timestamp": _now(), "sessionId": conversation, "cwd": "/",
            "version": "2.1.0", "isSidechain": False,
            "message": {"role": "assistant", "stop_reason": "end_turn", "content": [{"type": "text", "text": "done"}]}}


def _long(folder: Path, number: int) -> Path:
    """A thread's beginning and end; between them is nothing that would take room on the disk."""
    conversation = f"22222222-2222-4333-8444-{number:012d}"
    file = folder / f"{conversation}.jsonl"
    with file.open("wb") as transcript:
        transcript.write((json.dumps(_user(conversation, 0)) + "\n").encode())
        transcript.seek(TRANSCRIPT_BYTES - (300 << 10))
        transcript.write(b"\n")
        padding = json.dumps({"type": "progress", "text": "x" * 4000}).encode() + b"\n"
        while transcript.tell() < TRANSCRIPT_BYTES - (8 << 10):
            transcript.write(padding)
        transcript.write((json.dumps(_end(conversation, 1)) + "\n").encode())
        os.fsync(transcript.fileno())
    return file
