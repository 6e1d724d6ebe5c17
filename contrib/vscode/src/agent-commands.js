// @ts-check
'use strict';

const vscode = require('vscode');
const { inert } = require('./inert-text');
const { pickKind, pickTicket } = require('./picks');
const { ProtocolError } = require('./protocol-error');
const { change } = require('./reliable-request');

/** @typedef {import('./commands').Command} Command */

const hasAgent = (/** @type {import('./board').Entry} */ { agent }) => agent !== undefined;

const NO_AGENT = 'no agent is there';

/** @type {Command} */
const switchAgent = {
  missing: 'switch of agents',
  async run({ board, session }, target) {
    const entry = await pickTicket(board, target, hasAgent, { placeHolder: 'Switch the agent of which ticket?', none: NO_AGENT });
    if (!entry?.agent) return;
    const to = await pickKind(session, entry.agent);
    if (!to) return;
    const title = `Reeve: ${inert(entry.id, 64)}: ${inert(entry.agent.kind, 64)} → ${inert(to, 64)}`;
    const { rung } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () =>
      change(session, 'agent.switch', { ticket: entry.id, to }),
    );
    vscode.window.setStatusBarMessage(`${title} by ${inert(rung, 20)}`, 5000);
  },
};

const SEND_ANYWAY = 'Send Anyway';

/** @type {Command} */
const sendSelection = {
  missing: 'way to type into agents',
  async run({ board, session, settings }) {
    const editor = vscode.window.activeTextEditor;
    const text = editor?.selections.map((selection) => editor.document.getText(selection)).filter(Boolean).join('\n');
    if (!text) return void vscode.window.showInformationMessage('Reeve: nothing is selected.');
    const entry = await pickTicket(board, undefined, hasAgent, { placeHolder: 'Send it to which agent?', none: NO_AGENT });
    if (!entry) return;
    const params = { ticket: entry.id, text, enter: settings.pressesEnter };
    try {
      await change(session, 'agent.send', params);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.kind !== 'blocked') throw error;
      const question = `${inert(entry.id, 64)} shows a dialog: what is typed may answer it.`;
      const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: inert(error.message) }, SEND_ANYWAY);
      if (answer !== SEND_ANYWAY) return;
      await change(session, 'agent.send', { ...params, force: true });
    }
    vscode.window.setStatusBarMessage(`Reeve: sent to ${inert(entry.id, 64)}`, 5000);
  },
};

/** @type {Command} */
const previewAgent = {
  missing: 'view of agents\' screens',
  async run({ board, preview }, target) {
    const entry = await pickTicket(board, target, hasAgent, { placeHolder: 'Preview which agent?', none: NO_AGENT });
    if (entry) await preview.show(entry.id);
  },
};

/** @type {Command} */
const focusAgent = {
  missing: 'way to show agents',
  async run({ board, session, host, mayOpenTerminals }, target) {
    const entry = await pickTicket(board, target, hasAgent, { placeHolder: 'Show which agent?', none: NO_AGENT });
    if (!entry?.agent) return;
    const own = host.terminalOf(entry.agent.session);
    if (own) return void own.show(false);
    // A terminal of another window's: the daemon knows which, and shows it there.
    if (entry.agent.backend === 'vscode' || !mayOpenTerminals()) await change(session, 'agent.focus', { ticket: entry.id });
    else await look(session, entry.id);
  },
};

const VIEW = 'reeve view ';

/**
 * The agent's session in a terminal of this window, through the multiplexer that holds it. Closing it leaves the agent alone.
 * @param {import('./daemon-session').DaemonSession} session
 * @param {string} ticket
 */
async function look(session, ticket) {
  const name = VIEW + inert(ticket, 64);
  const there = vscode.window.terminals.find((terminal) => terminal.name === name && terminal.exitStatus === undefined);
  if (there) return there.show(false);
  const { command } = await session.connection.request('agent.attach', { ticket });
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string')) {
    throw new ProtocolError('internal', 'agent.attach was answered without a command');
  }
  const [shellPath, ...shellArgs] = command;
  const terminal = vscode.window.createTerminal({
    name,
    shellPath,
    shellArgs,
    // An editor that was started inside a multiplexer must not look like one to the program that shows another.
    env: { TMUX: null, TMUX_PANE: null, ZELLIJ: null, ZELLIJ_SESSION_NAME: null },
    isTransient: true,
    iconPath: new vscode.ThemeIcon('eye'),
  });
  terminal.show(false);
}

module.exports = { switchAgent, sendSelection, previewAgent, focusAgent };
