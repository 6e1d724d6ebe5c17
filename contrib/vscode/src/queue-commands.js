// @ts-check
'use strict';

const vscode = require('vscode');
const { inert } = require('./inert-text');
const { pickTicket } = require('./picks');
const { ProtocolError } = require('./protocol-error');
const { change } = require('./reliable-request');

/** @typedef {import('./commands').Command} Command */

/** @type {Command} */
const syncKanban = {
  missing: 'kanban sync',
  async run({ session }) {
    try {
      await change(session, 'kanban.sync', {});
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.kind !== 'unknown_method') throw error;
      // The queue's own word for the same thing.
      await change(session, 'queue.sync', {});
    }
    vscode.window.setStatusBarMessage('Reeve: kanban collections synced', 5000);
  },
};

/** @type {Command} */
const pauseQueue = {
  missing: 'pause of the queue',
  async run({ session }) {
    const { running } = await change(session, 'queue.pause', {});
    vscode.window.setStatusBarMessage(`Reeve: queue paused, ${Number(running) || 0} in work go on`, 5000);
  },
};

/** @type {Command} */
const resumeQueue = {
  missing: 'pause of the queue',
  async run({ session }) {
    const { queued } = await change(session, 'queue.resume', {});
    vscode.window.setStatusBarMessage(`Reeve: queue resumed, ${Number(queued) || 0} queued`, 5000);
  },
};

/** @type {Command} */
const launchTicket = {
  missing: 'launch on request',
  async run({ board, session }, target) {
    const words = { placeHolder: 'Launch which ticket?', none: 'no ticket is queued' };
    const entry = await pickTicket(board, target, ({ state }) => state === 'queued', words);
    if (!entry) return;
    const title = `Reeve: launching ${inert(entry.id, 64)}`;
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      change(session, 'queue.launch', { ticket: entry.id }),
    );
  },
};

const REVIEWS = { placeHolder: 'Which review?', none: 'nothing waits for a review' };

/**
 * The review that was seen, so that another one of the same ticket is not meant by accident.
 * @param {import('./board').Entry} entry
 */
function review({ id, ticket }) {
  return { ticket: id, ...(ticket?.state === 'review' && Number.isInteger(ticket.visit) ? { visit: ticket.visit } : {}) };
}

/** @type {Command} */
const approveReview = {
  missing: 'reviews',
  async run({ board, session }, target) {
    const entry = await pickTicket(board, target, ({ ticket }) => ticket?.state === 'review', REVIEWS);
    if (!entry) return;
    await change(session, 'agent.approve', review(entry));
    vscode.window.setStatusBarMessage(`Reeve: ${inert(entry.id, 64)} approved`, 5000);
  },
};

/** @type {Command} */
const rejectReview = {
  missing: 'reviews',
  async run({ board, session }, target) {
    const entry = await pickTicket(board, target, ({ ticket }) => ticket?.state === 'review', REVIEWS);
    if (!entry) return;
    const meant = review(entry);
    const reason = await vscode.window.showInputBox({
      title: `Reject ${inert(entry.id, 64)}`,
      prompt: 'What is to be changed? The agent is told.',
      ignoreFocusOut: true,
      validateInput: (value) => (value.trim() ? undefined : 'A rejection needs a reason.'),
    });
    if (!reason?.trim()) return;
    await change(session, 'agent.reject', { ...meant, reason });
    vscode.window.setStatusBarMessage(`Reeve: ${inert(entry.id, 64)} rejected`, 5000);
  },
};

module.exports = { syncKanban, pauseQueue, resumeQueue, launchTicket, approveReview, rejectReview };
