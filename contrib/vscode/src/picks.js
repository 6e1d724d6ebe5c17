// @ts-check
'use strict';

const vscode = require('vscode');
const { inert } = require('./inert-text');
const { look } = require('./urgency');

/**
 * The ticket that a command is about: the one it was called on, else one that a person picks. A single candidate is shown too:
 * what a command does to it should be seen before.
 * @param {import('./board').Board} board
 * @param {unknown} target a node of the tree, a ticket's id, or nothing
 * @param {(entry: import('./board').Entry) => boolean} isCandidate
 * @param {{placeHolder: string, none: string}} words
 * @returns {Promise<import('./board').Entry | undefined>}
 */
async function pickTicket(board, target, isCandidate, { placeHolder, none }) {
  const id = typeof target === 'string' ? target : /** @type {any} */ (target)?.ticketId;
  if (typeof id === 'string') {
    const entry = board.entry(id);
    if (entry) return entry;
    vscode.window.showWarningMessage(`Reeve: there is no ticket ${inert(id, 64)}.`);
    return undefined;
  }
  const items = board
    .entries()
    .filter(isCandidate)
    .map((entry) => ({
      label: `$(${look(entry.state).icon}) ${inert(entry.id, 64)}`,
      description: inert([entry.state, entry.agent?.kind].filter(Boolean).join(' · '), 100),
      detail: inert(entry.ticket?.title, 200),
      entry,
    }));
  if (items.length === 0) {
    vscode.window.showInformationMessage(`Reeve: ${none}.`);
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true });
  return picked?.entry;
}

/**
 * @param {import('./daemon-session').DaemonSession} session
 * @param {import('./types').Agent} agent the one that is there
 * @returns {Promise<string | undefined>} the name of another kind
 */
async function pickKind(session, agent) {
  const { kinds } = await session.connection.request('agent.kinds', {});
  const items = (Array.isArray(kinds) ? kinds : [])
    .filter((kind) => typeof kind?.name === 'string' && kind.name !== agent.kind)
    .map((kind) => ({
      label: inert(kind.name, 64),
      description: kind.path ? inert(kind.path, 100) : 'not installed',
      name: kind.name,
      isThere: Boolean(kind.path),
    }))
    .sort((a, b) => Number(b.isThere) - Number(a.isThere));
  const placeHolder = `Which agent takes over from ${inert(agent.kind, 64)}?`;
  const picked = await vscode.window.showQuickPick(items, { placeHolder });
  return picked?.name;
}

module.exports = { pickTicket, pickKind };
