"""The v1 protocol: plain words, answered by `OK …` or `ERROR: …`."""
import shlex

from . import state


def answer(line):
    try:
        words = shlex.split(line)
    except ValueError as error:
        return f"ERROR: {error}"
    command, options, values, ended = words[0], {}, [], False
    for word in words[1:]:
        if not ended and word == "--":
            ended = True
        elif not ended and word.startswith("--") and "=" in word:
            name, _, value = word[2:].partition("=")
            options[name] = value
        elif not ended and word.startswith("--"):
            return f"ERROR: Unknown option {word}"
        else:
            values.append(word)
    if command == "ping":
        return "PONG"
    try:
        workspace = state.find_workspace({"workspace_id": options["tab"]} if "tab" in options else {})
    except state.Refused as refused:
        return f"ERROR: {refused.message}"
    if command == "set_status" and len(values) >= 2:
        workspace.status[values[0]] = " ".join(values[1:])
    elif command == "clear_status" and values:
        workspace.status.pop(values[0], None)
    elif command == "set_progress" and values:
        try:
            if not 0 <= float(values[0]) <= 1:
                raise ValueError
        except ValueError:
            return "ERROR: Invalid progress value (expected 0.0-1.0)"
        workspace.progress = [values[0], options.get("label")]
    elif command == "clear_progress":
        workspace.progress = None
    elif command == "log" and values:
        workspace.log.append([options.get("level", "info"), options.get("source"), " ".join(values)])
    elif command == "sidebar_state":
        progress = " ".join(word for word in workspace.progress if word) if workspace.progress else "none"
        return f"status_count={len(workspace.status)} progress={progress} log_count={len(workspace.log)}"
    else:
        return f"ERROR: Unknown command '{command}'. Use 'help' for available commands."
    return "OK"
