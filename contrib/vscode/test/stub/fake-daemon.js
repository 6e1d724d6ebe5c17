// @ts-check
'use strict';

const fs = require('node:fs');
const net = require('node:net');

/** An error that the fake answers with, or gets. */
class FakeError extends Error {
  /**
   * @param {string} kind
   * @param {string} message
   * @param {object} [data]
   */
  constructor(kind, message, data = {}) {
    super(message);
    this.kind = kind;
    this.data = data;
  }
}

/**
 * A daemon that answers by a script, over a real Unix socket, in the strict form of docs/protocol.md. It stands in for `host.*`
 * and for answers that the real one never gives. Lines that are not strict JSON-RPC are noted in `violations`.
 */
class FakeDaemon {
  /** @param {string} path */
  constructor(path) {
    this.path = path;
    /** @type {{method: string, params: any}[]} */
    this.requests = [];
    /** @type {string[]} */
    this.violations = [];
    /** @type {net.Socket[]} */
    this.sockets = [];
    this.connections = 0;
    this.lastCall = 0;
    /** @type {Map<string, (answer: any) => void>} */
    this.calls = new Map();
    /** @type {any} */
    this.status = {
      version: '0.0.1',
      pid: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      paused: false,
      counts: {},
      backends: [],
      cursor: 0,
    };
    /** @type {any[]} */
    this.tickets = [];
    /** @type {any[]} */
    this.agents = [];
    /** @type {Record<string, (params: any) => any>} */
    this.methods = {
      'system.status': () => this.status,
      'ticket.list': ({ states }) => ({ tickets: this.tickets.filter((ticket) => !states || states.includes(ticket.state)) }),
      'agent.list': () => ({ agents: this.agents }),
      'events.subscribe': ({ since }) => ({ cursor: since ?? this.status.cursor }),
    };
  }

  /** Answers `host.*` too. */
  hostsEditors(instance = 'instance0001') {
    this.methods['host.register'] = () => ({ host: 'host-1', backend: 'vscode', instance });
    this.methods['host.report'] = () => ({});
    this.methods['host.unregister'] = () => ({});
    return this;
  }

  async start() {
    fs.rmSync(this.path, { force: true });
    this.server = net.createServer((socket) => this.accept(socket));
    await new Promise((resolve) => this.server?.listen(this.path, () => resolve(undefined)));
    return this;
  }

  async stop() {
    this.kick();
    await new Promise((resolve) => (this.server ? this.server.close(resolve) : resolve(undefined)));
    this.server = undefined;
  }

  /** Drops all connections. */
  kick() {
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }

  /** @param {net.Socket} socket */
  accept(socket) {
    this.connections += 1;
    this.sockets.push(socket);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => (this.sockets = this.sockets.filter((one) => one !== socket)));
    socket.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) void this.take(socket, line);
    });
  }

  /**
   * @param {net.Socket} socket
   * @param {string} line
   */
  async take(socket, line) {
    const message = JSON.parse(line);
    if (message.jsonrpc !== '2.0') this.violations.push(line);
    if (message.method === undefined) {
      if ((message.result === undefined) === (message.error === undefined)) this.violations.push(line);
      this.calls.get(message.id)?.(message);
      this.calls.delete(message.id);
      return;
    }
    this.requests.push({ method: message.method, params: message.params });
    const answer = { jsonrpc: '2.0', id: message.id };
    try {
      const action = this.methods[message.method];
      if (!action) throw new FakeError('unknown_method', `no method '${message.method}'`);
      const result = await action(message.params);
      // `undefined` from a script: it never answers.
      if (result === undefined) return;
      this.write(socket, { ...answer, result });
    } catch (error) {
      const known = error instanceof FakeError ? error : new FakeError('internal', String(error));
      const data = { kind: known.kind, ...known.data };
      this.write(socket, { ...answer, error: { code: -32000, message: known.message, data } });
    }
  }

  /**
   * @param {net.Socket} socket
   * @param {object} message
   */
  write(socket, message) {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  }

  /** @param {string | Buffer} bytes */
  raw(bytes) {
    for (const socket of this.sockets) socket.write(bytes);
  }

  /** @param {any} event */
  event(event) {
    this.status = { ...this.status, cursor: Math.max(this.status.cursor, event.seq) };
    const params = { time: '2026-01-01T00:00:00.000Z', data: {}, ...event };
    for (const socket of this.sockets) this.write(socket, { jsonrpc: '2.0', method: 'event', params });
  }

  /**
   * Asks the editor. The answer as it came, with `result` or `error`.
   * @param {string} operation
   * @param {object} [params]
   * @returns {Promise<any>}
   */
  call(operation, params = {}) {
    return this.callMethod('host.call', { host: 'host-1', operation, ...params });
  }

  /**
   * @param {string} method
   * @param {object} params
   * @returns {Promise<any>}
   */
  callMethod(method, params) {
    const id = `h-${(this.lastCall += 1)}`;
    return new Promise((resolve) => {
      this.calls.set(id, resolve);
      for (const socket of this.sockets) this.write(socket, { jsonrpc: '2.0', id, method, params });
    });
  }

  /** @param {string} method */
  asked(method) {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }
}

module.exports = { FakeDaemon, FakeError };
