// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const net = require('node:net');
const { BackOff } = require('./back-off');
const { LineDecoder, encodeLine } = require('./line-codec');
const { ProtocolError, ConnectionLost, NotConnected } = require('./protocol-error');

/** How long an answer is waited for when the caller says nothing; the daemon's own client waits so long for what it looks up. */
const PATIENCE = 30_000;

/**
 * One connection to the daemon, made again whenever it is lost. It knows requests, answers, notifications and requests of the
 * daemon's, and nothing of what they mean.
 *
 * Emits `open` when a connection is made, `lost` with a sentence when it went or could not be made, `notification` with method
 * and params, `warning` with a sentence for the log. `onRequest` answers what the daemon asks.
 */
class DaemonConnection extends EventEmitter {
  /**
   * @param {object} options
   * @param {() => string | undefined} options.socketPath asked at each attempt
   * @param {() => number} [options.random]
   * @param {import('./types').Clock} [options.clock]
   */
  constructor({ socketPath, random = Math.random, clock = { setTimeout, clearTimeout } }) {
    super();
    this.socketPath = socketPath;
    this.clock = clock;
    this.backOff = new BackOff(random);
    /** @type {net.Socket | undefined} */
    this.socket = undefined;
    this.isOpen = false;
    this.isStopped = true;
    /** @type {any} */
    this.timer = undefined;
    this.lastId = 0;
    /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void, timer: any}>} */
    this.pending = new Map();
    /** @type {(method: string, params: any) => Promise<object>} */
    this.onRequest = async (method) => {
      throw new ProtocolError('unknown_method', `this client has no method '${method}'`);
    };
  }

  start() {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.connect();
  }

  stop() {
    this.isStopped = true;
    this.clock.clearTimeout(this.timer);
    this.drop('the connection was closed');
  }

  /** Leaves the connection that is there, and makes one at once: for another socket, or when a person asks. */
  restart() {
    this.backOff.reset();
    this.stop();
    this.start();
  }

  /** The daemon has answered sensibly: the next loss is followed by a quick attempt again. */
  settled() {
    this.backOff.reset();
  }

  /** Gives a connection up that is of no use; another is made after the pause. */
  abandon(/** @type {string} */ why) {
    this.drop(why);
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @param {number | undefined} [patience] milliseconds; Infinity waits as long as the connection lives
   * @returns {Promise<any>} the result
   * @throws {ProtocolError} what the daemon answered, or `timeout`, `too_large`
   * @throws {NotConnected} nothing was asked
   * @throws {ConnectionLost} it was asked, and nobody knows what came of it
   */
  request(method, params = {}, patience = PATIENCE) {
    if (!this.socket || !this.isOpen) return Promise.reject(new NotConnected());
    const id = (this.lastId += 1);
    const line = encodeLine({ jsonrpc: '2.0', id, method, params });
    if (!line) return Promise.reject(new ProtocolError('too_large', 'a request may have 1 MiB'));
    const socket = this.socket;
    return new Promise((resolve, reject) => {
      const giveUp = () => this.settle(id, new ProtocolError('timeout', `no answer to ${method} within ${patience / 1000} s`));
      const timer = Number.isFinite(patience) ? this.clock.setTimeout(giveUp, patience) : undefined;
      this.pending.set(id, { resolve, reject, timer });
      socket.write(line);
    });
  }

  connect() {
    const path = this.socketPath();
    const objection = path ? foreignOwner(path) : 'neither reeve.socketPath nor XDG_RUNTIME_DIR is set';
    if (!path || objection) return this.failed(objection ?? '');
    const socket = net.createConnection(path);
    this.socket = socket;
    const decoder = new LineDecoder((line) => this.takeSafely(line), (head) => this.takeTooLong(head));
    let trouble = '';
    socket.on('connect', () => {
      if (this.socket !== socket) return;
      this.isOpen = true;
      this.emit('open');
    });
    socket.on('data', (chunk) => {
      if (this.socket === socket) decoder.push(chunk);
    });
    socket.on('error', (error) => (trouble = error.message));
    socket.on('close', () => {
      if (this.socket === socket) this.drop(trouble || 'reeved closed the connection');
    });
  }

  /** @param {string} why */
  drop(why) {
    const socket = this.socket;
    this.socket = undefined;
    this.isOpen = false;
    if (socket) {
      socket.destroy();
      for (const id of [...this.pending.keys()]) this.settle(id, new ConnectionLost());
    }
    if (socket || !this.isStopped) this.failed(why);
  }

  /** @param {string} why */
  failed(why) {
    if (!this.isStopped) {
      this.clock.clearTimeout(this.timer);
      this.timer = this.clock.setTimeout(() => {
        if (!this.isStopped && !this.socket) this.connect();
      }, this.backOff.next());
    }
    this.emit('lost', why);
  }

  /**
   * @param {number} id
   * @param {Error | {result: any}} outcome
   */
  settle(id, outcome) {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    this.pending.delete(id);
    this.clock.clearTimeout(waiting.timer);
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome.result);
  }

  /**
   * Whatever a line makes a listener do: the next line is read all the same.
   * @param {string} line
   */
  takeSafely(line) {
    try {
      this.take(line);
    } catch (error) {
      this.emit('warning', `a line could not be taken: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** @param {string} line */
  take(line) {
    /** @type {any} */
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return this.emit('warning', `a line that is no JSON was ignored (${line.length} characters)`);
    }
    // Our requests are never batches, so neither are their answers.
    if (!isObject(message)) return this.emit('warning', 'a line that is no message was ignored');
    if (typeof message.method === 'string') return this.takeCall(message);
    if (Number.isSafeInteger(message.id) && this.pending.has(message.id)) {
      if (message.error !== undefined) return this.settle(message.id, ProtocolError.of(message.error));
      if (isObject(message.result)) return this.settle(message.id, { result: message.result });
      return this.settle(message.id, new ProtocolError('internal', 'an answer without a result'));
    }
    const error = message.error === undefined ? undefined : ProtocolError.of(message.error);
    return this.emit('warning', error ? `reeved says: ${error.message}` : 'an answer to nothing that was asked was ignored');
  }

  /** @param {any} message */
  takeCall(message) {
    const params = isObject(message.params) ? message.params : {};
    if (message.id === undefined) return this.emit('notification', message.method, params);
    if (!['string', 'number'].includes(typeof message.id)) return this.emit('warning', 'a request with an odd id was ignored');
    const socket = this.socket;
    // The bridge from the socket's callback: an answer goes to the connection that the question came on, or nowhere.
    this.onRequest(message.method, params)
      .then((result) => ({ jsonrpc: '2.0', id: message.id, result }))
      .catch((error) => {
        const known = error instanceof ProtocolError ? error : new ProtocolError('internal', String(error?.message ?? error));
        return { jsonrpc: '2.0', id: message.id, error: known.toJSON() };
      })
      .then((answer) => {
        const tooLarge = new ProtocolError('too_large', 'the answer has more than 1 MiB').toJSON();
        const line = encodeLine(answer) ?? encodeLine({ jsonrpc: '2.0', id: message.id, error: tooLarge });
        if (line && this.socket === socket && this.isOpen) socket?.write(line);
      });
    return true;
  }

  /** @param {string} head */
  takeTooLong(head) {
    this.emit('warning', 'a line of more than 1 MiB was skipped');
    const id = /^\{"jsonrpc":"2\.0","id":(\d{1,15}),/.exec(head)?.[1] ?? /^\{"id":(\d{1,15}),/.exec(head)?.[1];
    if (id) this.settle(Number(id), new ProtocolError('too_large', 'the answer has more than 1 MiB'));
  }
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A socket of somebody else's is not spoken to: what is said there starts programs in this editor.
 * @param {string} path
 * @returns {string | undefined} why not
 */
function foreignOwner(path) {
  const own = process.getuid?.();
  try {
    if (own !== undefined && fs.statSync(path).uid !== own) return `the socket ${path} belongs to somebody else`;
    return undefined;
  } catch {
    return `there is no socket at ${path}`;
  }
}

module.exports = { DaemonConnection };
