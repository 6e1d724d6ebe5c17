// @ts-check
'use strict';

/*
 * A window that offers its terminals to the daemon at the socket argv[2], and does nothing else: for the suite that every backend
 * passes. Connection, hosting and terminals are the extension's own; the editor is the stub.
 */

const { StubEditor } = require('./editor');

const editor = new StubEditor({ settings: { 'reeve.socketPath': process.argv[2] } });
const [{ DaemonConnection }, { Hosting }, { TerminalHost }, { TerminalStore }, { settings }] = editor.load(
  'daemon-connection.js', 'hosting.js', 'terminal-host.js', 'terminal-store.js', 'settings.js',
);

const say = (/** @type {string} */ sentence) => console.error(sentence);
const log = { trace: say, info: say, warn: say, error: say };
const connection = new DaemonConnection({ socketPath: () => settings.socketPath });
const host = new TerminalHost({ store: new TerminalStore(editor.workspaceState), settings, log });
const hosting = new Hosting({
  connection,
  host,
  memory: editor.workspaceState,
  isAllowed: () => settings.hostsTerminals,
  window: { title: 'conformance', version: editor.api.version },
  log,
});
connection.on('lost', say);
connection.on('open', () => {
  // The bridge from the connection's callback; a refusal is said in the log.
  void hosting.register();
});
connection.start();
