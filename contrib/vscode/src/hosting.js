// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { ProtocolError } = require('./protocol-error');

const WINDOW = 'reeve.window';
const PATIENCE = 10_000;
const MOST_UNTOLD = 1000;

/**
 * Offers this window's terminals to the daemon, answers its `host.call`, and tells it what becomes of them. What ends while no
 * daemon is there is told when one has come back.
 *
 * Emits `state` when `refusal` changed.
 */
class Hosting extends EventEmitter {
  /**
   * @param {object} options
   * @param {import('./daemon-connection').DaemonConnection} options.connection
   * @param {import('./terminal-host').TerminalHost} options.host
   * @param {import('./types').Rememberer} options.memory of the workspace: it outlives a reload of the window
   * @param {() => boolean} options.isAllowed whether terminals may be opened here at all
   * @param {{title: string, version: string}} options.window
   * @param {import('./types').Log} options.log
   */
  constructor({ connection, host, memory, isAllowed, window, log }) {
    super();
    this.connection = connection;
    this.host = host;
    this.memory = memory;
    this.isAllowed = isAllowed;
    this.window = window;
    this.log = log;
    /** @type {string | undefined} */
    this.id = undefined;
    /** Why terminals cannot be hosted; empty when they are, or nothing is known yet. */
    this.refusal = '';
    /** @type {Promise<unknown> | undefined} */
    this.registering = undefined;
    /** @type {Map<string, number | undefined>} */
    this.untold = new Map();
    connection.onRequest = (method, params) => this.answer(method, params);
    connection.on('lost', () => (this.id = undefined));
    host.on('closed', (terminal, code) => this.tellClosed(terminal, code));
    host.on('shown', (terminal) => void this.tell({ terminal, event: 'shown' }));
  }

  /**
   * @returns {Promise<string | undefined>} the daemon's instance, if it says one
   */
  register() {
    this.registering = this.registerNow();
    return this.registering;
  }

  async registerNow() {
    if (!this.isAllowed()) return void this.refuse('terminals are not offered here');
    const params = { kind: 'vscode', window: await this.windowId(), ...this.window, capabilities: ['focus', 'sendKey', 'split'] };
    try {
      const answer = await this.connection.request('host.register', params, PATIENCE);
      if (typeof answer.host !== 'string') throw new ProtocolError('internal', 'host.register was answered without a host');
      this.id = answer.host;
      this.refuse('');
      this.tellUntold();
      return typeof answer.instance === 'string' && answer.instance ? answer.instance : undefined;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // Everything else works without it, so no error of this is worth the connection.
      const isUnknown = error.kind === 'unknown_method';
      this.refuse(isUnknown ? 'this reeved cannot host terminals in editors' : `terminals cannot be hosted: ${error.message}`);
      return undefined;
    }
  }

  async unregister() {
    if (!this.id) return;
    await this.connection.request('host.unregister', { host: this.id }, 1000).catch(() => undefined);
    this.id = undefined;
  }

  /** @returns {Promise<string>} */
  async windowId() {
    const known = this.memory.get(WINDOW);
    if (typeof known === 'string' && known) return known;
    const fresh = randomUUID();
    await this.memory.update(WINDOW, fresh);
    return fresh;
  }

  /**
   * @param {string} method
   * @param {any} params
   * @returns {Promise<object>}
   */
  async answer(method, params) {
    if (method !== 'host.call') throw new ProtocolError('unknown_method', `this client has no method '${method}'`);
    // A call can stand right behind the answer that gives the id, in the same bytes.
    await this.registering?.catch(() => undefined);
    if (!this.id || params.host !== this.id) throw new ProtocolError('not_found', 'this connection is not that host');
    if (!this.isAllowed()) throw new ProtocolError('unavailable', 'terminals are not offered here');
    switch (params.operation) {
      case 'open':
        return this.host.open(params);
      case 'type':
        return this.host.type(params);
      case 'show':
        return this.host.show(params);
      case 'split':
        return this.host.split(params);
      case 'close':
        return this.host.close(params);
      case 'list':
        return this.host.list();
      default:
        throw new ProtocolError('unknown_method', `no operation '${params.operation}'`);
    }
  }

  /**
   * @param {string} terminal
   * @param {number | undefined} code
   */
  tellClosed(terminal, code) {
    this.untold.set(terminal, code);
    while (this.untold.size > MOST_UNTOLD) this.untold.delete([...this.untold.keys()][0]);
    this.tellUntold();
  }

  /** Each end is told until the daemon has taken it; one that the daemon refuses is not told again. */
  tellUntold() {
    if (!this.id) return;
    for (const [terminal, code] of [...this.untold]) {
      this.untold.delete(terminal);
      // The bridge from the editor's callback.
      void this.tell({ terminal, event: 'closed', ...(code === undefined ? {} : { code }) }).then((isTold) => {
        if (!isTold && !this.untold.has(terminal)) this.untold.set(terminal, code);
      });
    }
  }

  /**
   * @param {object} report
   * @returns {Promise<boolean>} whether the daemon has heard it
   */
  async tell(report) {
    if (!this.id) return false;
    try {
      await this.connection.request('host.report', { host: this.id, ...report }, PATIENCE);
      return true;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.kind === 'timeout') return false;
      this.log.warn(`reeved refused a report: ${error.message}`);
      return true;
    }
  }

  /** @param {string} refusal */
  refuse(refusal) {
    if (refusal && refusal !== this.refusal) this.log.info(refusal);
    this.refusal = refusal;
    this.emit('state');
  }
}

module.exports = { Hosting };
