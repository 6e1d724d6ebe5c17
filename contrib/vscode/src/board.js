// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { stateOf, rank, needsYou } = require('./urgency');

/** Names of the protocol; what does not look like one is no ticket's id. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;

const FINISHED = new Set(['done', 'failed', 'cancelled', 'lost']);

/** So many finished tickets are kept while events come in; a refresh shows the newest anyway. */
const MOST_FINISHED = 300;

/**
 * @typedef {object} Entry a ticket with its agent, as shown
 * @property {string} id
 * @property {import('./types').Ticket} [ticket] absent for an agent whose ticket has not been listed
 * @property {import('./types').Agent} [agent]
 * @property {string} state
 */

/**
 * What the daemon said last: tickets, agents, whether the queue is paused. It is read as a whole at a cursor, and carried on with
 * events after that cursor. Emits `changed`.
 */
class Board extends EventEmitter {
  constructor() {
    super();
    /** @type {Map<string, import('./types').Ticket>} */
    this.tickets = new Map();
    /** @type {Map<string, import('./types').Agent>} */
    this.agents = new Map();
    this.isPaused = false;
    this.cursor = 0;
  }

  /**
   * @param {{status: any, tickets: unknown[], agents: unknown[]}} picture `status` was read before the lists, so that events
   *   after its cursor may be in them already; applying those again changes nothing in the end
   */
  reset({ status, tickets, agents }) {
    this.tickets.clear();
    this.agents.clear();
    for (const ticket of tickets) this.setTicket(ticket);
    for (const agent of agents) this.setAgent(agent);
    this.isPaused = status.paused === true;
    this.cursor = Number.isSafeInteger(status.cursor) ? status.cursor : 0;
    this.emit('changed');
  }

  /** @param {import('./types').DaemonEvent} event */
  apply(event) {
    if (event.seq <= this.cursor) return;
    this.cursor = event.seq;
    if (this.change(event)) this.emit('changed');
  }

  /**
   * @param {import('./types').DaemonEvent} event
   * @returns {boolean} whether anything that is shown may be otherwise
   */
  change({ kind, ticket, data }) {
    switch (kind) {
      case 'ticket.created':
      case 'ticket.updated':
      case 'ticket.finished':
        return this.setTicket(data.ticket);
      case 'ticket.removed':
        return ticket !== undefined && (this.agents.delete(ticket), this.tickets.delete(ticket));
      case 'agent.state':
      case 'agent.exited':
        return this.setAgent(data.agent);
      case 'session.closed':
        if (ticket === undefined || this.agents.get(ticket)?.session !== data.session) return false;
        return this.agents.delete(ticket);
      case 'queue.paused':
      case 'queue.resumed':
        this.isPaused = kind === 'queue.paused';
        return true;
      case 'metadata.status':
      case 'metadata.progress':
      case 'metadata.cleared':
        return ticket !== undefined && this.setMetadata(ticket, kind, data);
      default:
        return false;
    }
  }

  /** @param {any} ticket as it came */
  setTicket(ticket) {
    if (!ticket || typeof ticket !== 'object' || !isName(ticket.id) || typeof ticket.state !== 'string') return false;
    // Events carry tickets without what is told of them.
    const metadata = ticket.metadata ?? this.tickets.get(ticket.id)?.metadata;
    this.tickets.set(ticket.id, metadata ? { ...ticket, metadata } : ticket);
    this.removeOldest();
    return true;
  }

  /** @param {any} agent as it came */
  setAgent(agent) {
    if (!agent || typeof agent !== 'object' || !isName(agent.ticket) || typeof agent.state !== 'string') return false;
    this.agents.set(agent.ticket, agent);
    return true;
  }

  /**
   * @param {string} id
   * @param {string} kind
   * @param {any} data
   */
  setMetadata(id, kind, data) {
    const ticket = this.tickets.get(id);
    if (!ticket) return false;
    const metadata = { ...ticket.metadata };
    if (kind === 'metadata.status') metadata.status = data.status;
    if (kind === 'metadata.progress') metadata.progress = data.progress;
    if (kind === 'metadata.cleared') {
      const parts = Array.isArray(data.parts) ? data.parts : [];
      if (parts.includes('status')) delete metadata.status;
      if (parts.includes('progress')) delete metadata.progress;
    }
    this.tickets.set(id, { ...ticket, metadata });
    return true;
  }

  removeOldest() {
    if (this.tickets.size <= MOST_FINISHED) return;
    const finished = [...this.tickets.values()].filter((ticket) => FINISHED.has(ticket.state));
    if (finished.length <= MOST_FINISHED) return;
    finished.sort((a, b) => compare(a.createdAt, b.createdAt));
    for (const ticket of finished.slice(0, finished.length - MOST_FINISHED)) this.tickets.delete(ticket.id);
  }

  /**
   * @param {string} id
   * @returns {Entry | undefined}
   */
  entry(id) {
    const ticket = this.tickets.get(id);
    const agent = this.agents.get(id);
    return ticket || agent ? { id, ticket, agent, state: stateOf(ticket?.state, agent?.state) } : undefined;
  }

  /**
   * All of them, the ones that need a person first. Among equals the higher priority, then the older; of finished ones the
   * newest.
   * @returns {Entry[]}
   */
  entries() {
    const ids = new Set([...this.tickets.keys(), ...this.agents.keys()]);
    const entries = [...ids].map((id) => /** @type {Entry} */ (this.entry(id)));
    return entries.sort((a, b) => {
      const byState = rank(a.state) - rank(b.state);
      if (byState !== 0) return byState;
      const byAge = compare(a.ticket?.createdAt, b.ticket?.createdAt);
      if (FINISHED.has(a.state)) return -byAge || compare(a.id, b.id);
      return compare(a.ticket?.priority, b.ticket?.priority) || byAge || compare(a.id, b.id);
    });
  }

  /** @returns {{needsYou: number, running: number, queued: number, trouble: number}} */
  counts() {
    const counts = { needsYou: 0, running: 0, queued: 0, trouble: 0 };
    for (const { state, ticket } of this.entries()) {
      if (needsYou(state)) counts.needsYou += 1;
      else if (state === 'queued') counts.queued += 1;
      else if (state === 'error' || (state === 'lost' && ticket?.state === 'running')) counts.trouble += 1;
      else if (ticket?.state === 'running') counts.running += 1;
    }
    return counts;
  }
}

/** @param {unknown} value */
function isName(value) {
  return typeof value === 'string' && NAME.test(value);
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function compare(a, b) {
  const left = typeof a === 'string' ? a : '';
  const right = typeof b === 'string' ? b : '';
  return left < right ? -1 : left > right ? 1 : 0;
}

module.exports = { Board };
