"""The methods of the v2 protocol, with their traps."""
import base64, re, uuid

from . import events, state, terminals

def close_surface(surface, say=True):
    surface.kill()
    surface.workspace.surfaces.remove(surface)
    if say:
        events.emit("surface.closed", workspace=surface.workspace, surface=surface)


def remove_workspace(workspace):
    for surface in list(workspace.surfaces):
        close_surface(surface)
    window = workspace.window
    window.workspaces.remove(workspace)
    if window.selected is workspace:
        window.selected = window.workspaces[0] if window.workspaces else None
    events.emit("workspace.closed", window=window, workspace=workspace)


def window_row(window):
    return {"id": window.id, "ref": state.reference("window", state.windows, window), "index": state.windows.index(window), "key": window is state.key_window,
            "visible": window.visible, "workspace_count": len(window.workspaces),
            "selected_workspace_id": window.selected.id if window.selected else None}


def workspace_row(workspace):
    row = {"id": workspace.id, "ref": state.reference("workspace", workspace.window.workspaces, workspace), "title": workspace.title,
           "index": workspace.window.workspaces.index(workspace), "selected": workspace.window.selected is workspace,
           "pinned": workspace.pinned, "current_directory": "/"}
    return row if "description" in state.options.without else row | {"description": workspace.description}


def workspace_create(parameters):
    workspace = terminals.Workspace(
        state.find_window(parameters), parameters.get("title"), parameters.get("description"), parameters.get("workspace_env"),
        (parameters.get("initial_command") or "").strip() or None)
    if parameters.get("initial_input"):
        workspace.surfaces[0].write(parameters["initial_input"].replace("\n", "\r").encode(), "-r")
    if parameters.get("focus", True):
        workspace.window.selected = workspace
        events.emit("workspace.selected", workspace=workspace)
    return state.names(workspace=workspace, surface=workspace.surfaces[0])


def window_create(parameters):
    window = state.key_window = terminals.Window()
    events.emit("window.created", window=window)
    terminals.Workspace(window)
    events.emit("window.keyed", window=window)
    return state.names(window=window)


def window_focus(parameters):
    state.key_window = state.find_window(parameters)
    events.emit("window.keyed", window=state.key_window)
    return state.names(window=state.key_window)


def window_close(parameters):
    window = state.find_window(parameters)
    for workspace in list(window.workspaces):
        remove_workspace(workspace)
    state.windows.remove(window)
    if state.key_window is window:
        state.key_window = state.windows[0] if state.windows else None
    events.emit("window.closed", window=window)
    return {"window_id": window.id}


def workspace_select(parameters):
    workspace = state.find_workspace(parameters)
    workspace.window.selected, state.key_window = workspace, workspace.window
    events.emit("workspace.selected", workspace=workspace)
    return state.names(workspace=workspace)


def workspace_close(parameters):
    workspace = state.find_workspace(parameters)
    if workspace.pinned:
        raise state.Refused("protected", "Pinned workspaces can't be closed while pinned. Unpin the workspace first.")
    answer = state.names(workspace=workspace)
    # Of the only workspace of a window it says the same, and keeps it.
    if len(workspace.window.workspaces) > 1:
        remove_workspace(workspace)
    return answer


def workspace_rename(parameters):
    workspace = state.find_workspace(parameters)
    workspace.title = parameters["title"]
    events.emit("workspace.renamed", workspace=workspace)
    return state.names(workspace=workspace)


def surface_health(parameters):
    workspace = state.find_workspace(parameters)
    return state.names(workspace=workspace) | {"surfaces": [
        {"id": surface.id, "ref": f"surface:{surface.number}", "index": index, "type": "terminal", "in_window": True,
         "runtime_surface_ready": True, "terminal_ready": not surface.ended(), "tty": surface.tty,
         "foreground_pid": None if surface.ended() else surface.foreground(), "process_exited": surface.ended(),
         "visible_in_ui": workspace.window.selected is workspace}
        for index, surface in enumerate(workspace.surfaces)]}


def surface_split(parameters):
    workspace, beside = state.find_surface(parameters)
    if parameters.get("direction") not in ("left", "right", "up", "down"):
        raise state.Refused("invalid_params", "Missing or invalid direction (left|right|up|down)")
    surface = terminals.Surface(workspace, (parameters.get("initial_command") or "").strip() or None)
    workspace.surfaces.append(surface)
    return state.names(workspace=workspace, surface=surface) | {"pane_id": str(uuid.uuid4()).upper()}


def surface_close(parameters):
    workspace, surface = state.find_surface(parameters)
    if len(workspace.surfaces) == 1:
        raise state.Refused("invalid_state", "Cannot close the last surface")
    close_surface(surface)
    return state.names(workspace=workspace, surface=surface)


def send_text(parameters):
    workspace, surface = state.find_surface(parameters)
    text = parameters.get("text")
    if not isinstance(text, str):
        raise state.Refused("invalid_params", "Missing text")
    surface.write(text.replace("\n", "\r").encode(), "-r")
    events.emit("surface.input_sent", workspace=workspace, surface=surface)
    return state.names(workspace=workspace, surface=surface) | {"queued": False, "delivered": True}


def paste(parameters):
    if "paste" in state.options.without:
        raise state.Refused("method_not_found", "Unknown method")
    workspace, surface = state.find_surface(parameters)
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f]", " ", parameters.get("text") or "")
    # As in libghostty: a line break stays one between the markers, and is Return without them.
    output = surface.shown()
    bracketed = output.rfind(b"\x1b[?2004h") > output.rfind(b"\x1b[?2004l")
    surface.write(text.encode() if bracketed else text.replace("\n", "\r").encode(), "-r", *(["-p"] if bracketed else []))
    if parameters.get("submit_key", "return") not in ("none", None):
        surface.write(b"\r", "-r")
    return state.names(workspace=workspace, surface=surface)


BYTES = {"enter": b"\r", "return": b"\r", "escape": b"\x1b", "esc": b"\x1b", "tab": b"\t", "backspace": b"\x7f", "shift+tab": b"\x1b[Z",
         "ctrl-\\": b"\x1c"}
NAMED = {"up": "Up", "down": "Down", "left": "Left", "right": "Right", "home": "Home", "end": "End", "pageup": "PageUp",
         "pagedown": "PageDown", "delete": "DC"}


def send_key(parameters):
    workspace, surface = state.find_surface(parameters)
    key = parameters.get("key") or ""
    control = re.fullmatch("ctrl[-+]([a-z])", key)
    if control:
        surface.write(bytes([ord(control[1]) & 31]), "-r")
    elif key in BYTES:
        surface.write(BYTES[key], "-r")
    elif key in NAMED:
        surface.touched = True
        terminals.tmux("send-keys", "-t", surface.target, NAMED[key])
    else:
        raise state.Refused("invalid_params", "Unknown key", {"key": key})
    events.emit("surface.key_sent", workspace=workspace, surface=surface)
    return state.names(workspace=workspace, surface=surface)


def read_text(parameters):
    workspace, surface = state.find_surface(parameters)
    lines = parameters.get("lines")
    if lines is not None and lines <= 0:
        raise state.Refused("invalid_params", "lines must be greater than 0")
    if not surface.touched and not surface.shown():
        raise state.Refused("internal_error", "ERROR: Terminal surface not ready")
    history = ["-S", f"-{lines}" if lines else "-"] if lines or parameters.get("scrollback") else []
    text = terminals.tmux("capture-pane", "-p", *history, "-t", surface.target)
    if lines:
        # The last ones that have something; what comes after them is empty screen.
        text = "\n".join(text.rstrip("\n").split("\n")[-lines:])
    encoded = base64.b64encode(text.encode()).decode()
    return state.names(workspace=workspace, surface=surface) | {"text": text, "base64": encoded}


METHODS = {
    "system.ping": lambda parameters: {"pong": True},
    "system.identify": lambda parameters: {"socket_path": state.options.socket, "focused": state.names(window=state.key_window) if state.key_window else {}},
    "window.list": lambda parameters: {"windows": [window_row(window) for window in state.windows]},
    "window.current": lambda parameters: state.names(window=state.find_window({})),
    "window.create": window_create, "window.focus": window_focus, "window.close": window_close,
    "workspace.list": lambda parameters: state.names(window=state.find_window(parameters)) | {
        "workspaces": [workspace_row(workspace) for workspace in state.find_window(parameters).workspaces]},
    "workspace.create": workspace_create, "workspace.select": workspace_select, "workspace.close": workspace_close,
    "workspace.rename": workspace_rename, "workspace.current": lambda parameters: state.names(workspace=state.find_workspace({})),
    "surface.health": surface_health, "surface.split": surface_split, "surface.close": surface_close,
    "surface.send_text": send_text, "surface.send_key": send_key, "surface.read_text": read_text, "terminal.paste": paste,
}


def capabilities(parameters):
    methods = sorted([*METHODS] + (["events.stream"] if "events" not in state.options.without else []))
    return {"protocol": "cmux-socket", "version": 2, "socket_path": state.options.socket, "access_mode": state.options.mode,
            "methods": [name for name in methods if name != "terminal.paste" or "paste" not in state.options.without]}


METHODS["system.capabilities"] = capabilities
