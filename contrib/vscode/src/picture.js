// @ts-check
'use strict';

const PAGE = 200;
const MOST_PAGES = 50;
const PATIENCE = 10_000;

/**
 * Everything that is shown, read from the daemon. The status comes first: its cursor is where events go on.
 * @param {import('./daemon-connection').DaemonConnection} connection
 */
async function readPicture(connection) {
  const status = await connection.request('system.status', {}, PATIENCE);
  const live = await allTickets(connection, ['queued', 'running', 'review']);
  const troubled = await connection.request('ticket.list', { states: ['failed', 'lost'], limit: 100 }, PATIENCE);
  const finished = await connection.request('ticket.list', { states: ['done', 'cancelled'], limit: 50 }, PATIENCE);
  const agents = await connection.request('agent.list', {}, PATIENCE);
  return { status, tickets: [...live, ...list(troubled.tickets), ...list(finished.tickets)], agents: list(agents.agents) };
}

/**
 * @param {import('./daemon-connection').DaemonConnection} connection
 * @param {string[]} states
 */
async function allTickets(connection, states) {
  /** @type {unknown[]} */
  const tickets = [];
  /** @type {string | undefined} */
  let before;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await connection.request('ticket.list', { states, limit: PAGE, ...(before ? { before } : {}) }, PATIENCE);
    tickets.push(...list(answer.tickets));
    before = typeof answer.next === 'string' ? answer.next : undefined;
    if (!before) break;
  }
  return tickets;
}

/** @param {unknown} value */
function list(value) {
  return Array.isArray(value) ? value : [];
}

module.exports = { readPicture };
