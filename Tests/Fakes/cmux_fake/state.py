"""What the stand-in for cmux holds: its options, windows, workspaces, and how they are found."""
import threading, uuid

options = None
lock = threading.RLock()
windows = []
key_window = None
boot = str(uuid.uuid4()).upper()


class Refused(Exception):
    """An error of the v2 protocol."""

    def __init__(self, code, message, data=None):
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def reference(kind, items, item):
    return f"{kind}:{items.index(item) + 1}" if item in items else None


def every_workspace():
    return [workspace for window in windows for workspace in window.workspaces]


def find_window(parameters, needed=False):
    wanted = parameters.get("window_id")
    if wanted is None:
        if not windows:
            raise Refused("unavailable", "TabManager not available")
        return key_window if key_window in windows else windows[0]
    for number, window in enumerate(windows):
        if wanted in (window.id, f"window:{number + 1}", str(number)):
            return window
    raise Refused("not_found", "Window not found", {"window_id": wanted})


def find_workspace(parameters):
    wanted = parameters.get("workspace_id")
    if wanted is None:
        surface = parameters.get("surface_id")
        for workspace in every_workspace():
            if surface and any(item.id == surface for item in workspace.surfaces):
                return workspace
        selected = find_window(parameters).selected
        if selected is None:
            raise Refused("not_found", "No workspace selected")
        return selected
    for workspace in every_workspace():
        if wanted in (workspace.id, reference("workspace", workspace.window.workspaces, workspace)):
            return workspace
    raise Refused("not_found", "Workspace not found", {"workspace_id": wanted})


def find_surface(parameters):
    workspace = find_workspace(parameters)
    wanted = parameters.get("surface_id")
    for surface in workspace.surfaces:
        if wanted in (None, surface.id, f"surface:{surface.number}"):
            return workspace, surface
    raise Refused("not_found", "Surface not found", {"surface_id": wanted})


def names(window=None, workspace=None, surface=None):
    result = {}
    if surface:
        result |= {"surface_id": surface.id, "surface_ref": f"surface:{surface.number}"}
    if workspace:
        window = workspace.window
        result |= {"workspace_id": workspace.id, "workspace_ref": reference("workspace", window.workspaces, workspace)}
    if window:
        result |= {"window_id": window.id, "window_ref": reference("window", windows, window)}
    return result
