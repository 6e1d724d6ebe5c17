// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { ProtocolError } = require('./protocol-error');

const PATIENCE = 10_000;

/**
 * The daemon's events, each once and in order, from the last one that was seen.
 *
 * Emits `event`, and `gap` with a sentence when events are missing for good: everything has to be read anew then.
 */
class EventFeed extends EventEmitter {
  /**
   * @param {object} options
   * @param {import('./daemon-connection').DaemonConnection} options.connection
   * @param {import('./cursor-store').CursorStore} options.cursors
   * @param {import('./types').Log} options.log
   */
  constructor({ connection, cursors, log }) {
    super();
    this.connection = connection;
    this.cursors = cursors;
    this.log = log;
    /** @type {string | undefined} */
    this.daemon = undefined;
    /** @type {number | undefined} */
    this.cursor = undefined;
    connection.on('notification', (method, params) => this.take(method, params));
    connection.on('lost', () => void this.cursors.flush());
  }

  /**
   * Subscribes on a fresh connection.
   * @param {string} daemon which one: cursors of different daemons have nothing to do with each other
   * @param {number} newest where to begin when nothing of it has been seen yet
   */
  async begin(daemon, newest) {
    if (this.daemon !== daemon) this.cursor = undefined;
    this.daemon = daemon;
    await this.subscribe(this.cursor ?? this.cursors.read(daemon) ?? newest, newest);
  }

  /**
   * @param {number} since
   * @param {number} newest
   */
  async subscribe(since, newest) {
    // Set before the answer is here: events can stand right behind it in the same bytes.
    this.cursor = since;
    try {
      await this.connection.request('events.subscribe', { since }, PATIENCE);
      this.log.info(`events from ${since} on`);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (error.kind === 'cursor_expired') {
        return this.leap((error.oldest ?? newest + 1) - 1, since, 'the daemon no longer keeps them');
      }
      // A cursor beyond the newest event: another database is behind this name now.
      if (error.kind === 'invalid_params' && error.path === '$.since' && since !== newest) {
        return this.leap(newest, since, 'the daemon has another log');
      }
      throw error;
    }
    this.cursors.write(/** @type {string} */ (this.daemon), this.cursor);
  }

  /**
   * @param {number} target
   * @param {number} since
   * @param {string} why
   */
  async leap(target, since, why) {
    if (target === since) throw new ProtocolError('internal', `the daemon refuses cursor ${since} and names it`);
    const sentence = `events after ${since} cannot be had, going on after ${target}: ${why}`;
    this.log.warn(sentence);
    this.cursor = target;
    await this.connection.request('events.subscribe', { since: target }, PATIENCE);
    this.cursors.write(/** @type {string} */ (this.daemon), this.cursor);
    this.emit('gap', sentence);
  }

  /**
   * @param {string} method
   * @param {any} params
   */
  take(method, params) {
    if (method === 'event') return this.takeEvent(params);
    if (method === 'event.lagged') return this.log.warn(`this window is slow, events go on after ${params.resumeFrom}`);
    if (method === 'event.error') return this.takeEnd(ProtocolError.of(params));
    return undefined;
  }

  /** @param {any} event */
  takeEvent(event) {
    if (!Number.isSafeInteger(event.seq) || typeof event.kind !== 'string' || this.cursor === undefined) return;
    if (event.seq <= this.cursor) return;
    const missing = event.seq - this.cursor - 1;
    this.cursor = event.seq;
    this.cursors.write(/** @type {string} */ (this.daemon), event.seq);
    if (missing > 0) {
      const sentence = `${missing} events before ${event.seq} did not come`;
      this.log.warn(sentence);
      this.emit('gap', sentence);
    }
    this.emit('event', {
      seq: event.seq,
      time: String(event.time ?? ''),
      kind: event.kind,
      ticket: typeof event.ticket === 'string' ? event.ticket : undefined,
      data: event.data && typeof event.data === 'object' ? event.data : {},
    });
  }

  /**
   * The subscription is over although the connection lives: the log has been cut behind a reader that was too slow.
   * @param {ProtocolError} error
   */
  takeEnd(error) {
    this.log.warn(`the events ended: ${error.message}`);
    if (this.cursor === undefined) return;
    // The bridge from the socket's callback: a subscription that cannot be made again costs the connection, which is made anew.
    this.subscribe(this.cursor, this.cursor).catch((failure) => this.connection.abandon(failure.message));
  }
}

module.exports = { EventFeed };
