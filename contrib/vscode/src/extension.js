// @ts-check
'use strict';

const vscode = require('vscode');
const { AgentPreview } = require('./agent-preview');
const { Board } = require('./board');
const { registerCommands } = require('./commands');
const { CursorStore } = require('./cursor-store');
const { DaemonConnection } = require('./daemon-connection');
const { DaemonSession } = require('./daemon-session');
const { EventFeed } = require('./event-feed');
const { Hosting } = require('./hosting');
const { settings } = require('./settings');
const { socketPath } = require('./socket-path');
const { StatusBar } = require('./status-bar');
const { TerminalHost } = require('./terminal-host');
const { TerminalStore } = require('./terminal-store');
const { TicketTree } = require('./ticket-tree');

/** @type {(() => Promise<void>) | undefined} */
let leave;

/** @param {vscode.ExtensionContext} context */
async function activate(context) {
  const output = vscode.window.createOutputChannel('Reeve', { log: true });
  const mayOpenTerminals = () => vscode.workspace.isTrusted;
  const connection = new DaemonConnection({ socketPath: () => socketPath(settings.socketPath, process.env) });
  const cursors = new CursorStore(context.globalState);
  const board = new Board();
  const feed = new EventFeed({ connection, cursors, log: output });
  const host = new TerminalHost({ store: new TerminalStore(context.workspaceState), settings, log: output });
  const hosting = new Hosting({
    connection,
    host,
    memory: context.workspaceState,
    isAllowed: () => settings.hostsTerminals && mayOpenTerminals(),
    window: { title: vscode.workspace.name ?? 'no folder', version: vscode.version },
    log: output,
  });
  const session = new DaemonSession({ connection, feed, board, hosting, log: output });
  const preview = new AgentPreview(session, settings);
  const tree = new TicketTree(board);
  const view = vscode.window.createTreeView('reeve.tickets', { treeDataProvider: tree });
  const status = new StatusBar({ board, session, hosting, view });

  context.subscriptions.push(
    output,
    host,
    preview,
    tree,
    view,
    status,
    ...registerCommands({ board, session, host, preview, settings, output, mayOpenTerminals }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const changed = ['reeve.socketPath', 'reeve.hostTerminals'].some((key) => change.affectsConfiguration(key));
      if (changed) connection.restart();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => connection.restart()),
    { dispose: () => connection.stop() },
  );
  leave = async () => {
    await hosting.unregister();
    connection.stop();
    await cursors.flush();
  };

  // Before the daemon is asked anything: it may ask at once which terminals are there.
  for (const terminal of await host.adopt()) hosting.tellClosed(terminal, undefined);
  connection.start();
}

async function deactivate() {
  await leave?.();
  leave = undefined;
}

module.exports = { activate, deactivate };
