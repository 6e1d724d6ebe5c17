// @ts-check
'use strict';

/** States from the one that needs a person most to the one that needs nobody; agents' and tickets' words together. */
const ORDER = [
  'waiting',
  'review',
  'error',
  'failed',
  'lost',
  'unknown',
  'switching',
  'launching',
  'tool',
  'running',
  'interrupted',
  'idle',
  'exited',
  'queued',
  'cancelled',
  'done',
];

const NEEDS_YOU = new Set(['waiting', 'review']);

/** Names of the editor's own icons and colours for each state. */
const LOOKS = /** @type {Record<string, {icon: string, color?: string}>} */ ({
  waiting: { icon: 'bell-dot', color: 'charts.yellow' },
  review: { icon: 'eye', color: 'charts.yellow' },
  error: { icon: 'error', color: 'charts.red' },
  failed: { icon: 'error', color: 'charts.red' },
  lost: { icon: 'debug-disconnect', color: 'charts.red' },
  unknown: { icon: 'question' },
  switching: { icon: 'arrow-swap', color: 'charts.blue' },
  launching: { icon: 'rocket', color: 'charts.blue' },
  tool: { icon: 'tools', color: 'charts.blue' },
  running: { icon: 'play-circle', color: 'charts.blue' },
  interrupted: { icon: 'debug-pause' },
  idle: { icon: 'comment' },
  exited: { icon: 'debug-stop' },
  queued: { icon: 'clock' },
  cancelled: { icon: 'circle-slash' },
  done: { icon: 'pass', color: 'charts.green' },
});

/**
 * The word for a ticket and its agent together. A ticket that is in work is what its agent is; an agent that has ended its turn
 * (`done`) while the ticket goes on is `idle`.
 * @param {string | undefined} ticketState
 * @param {string | undefined} agentState
 */
function stateOf(ticketState, agentState) {
  // During a review the agent waits too; the review is what a person can do something about.
  if (ticketState !== undefined && ticketState !== 'running') return ticketState;
  if (agentState === undefined) return ticketState ?? 'unknown';
  return agentState === 'done' ? 'idle' : agentState;
}

/** @param {string} state */
function rank(state) {
  const place = ORDER.indexOf(state);
  return place < 0 ? ORDER.indexOf('unknown') : place;
}

/** @param {string} state */
function look(state) {
  return LOOKS[rank(state) === rank('unknown') ? 'unknown' : state];
}

/** @param {string} state */
function needsYou(state) {
  return NEEDS_YOU.has(state);
}

module.exports = { stateOf, rank, look, needsYou };
