// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { readPicture } = require('./picture');
const { ConnectionLost, NotConnected } = require('./protocol-error');

/**
 * What is done on each new connection: the picture is read, terminals are offered, events are followed. Between connections the
 * picture stays as it was.
 *
 * Emits `state` whenever `isConnected`, `trouble` or `version` changed.
 */
class DaemonSession extends EventEmitter {
  /**
   * @param {object} options
   * @param {import('./daemon-connection').DaemonConnection} options.connection
   * @param {import('./event-feed').EventFeed} options.feed
   * @param {import('./board').Board} options.board
   * @param {{register: () => Promise<string | undefined>}} options.hosting answers the daemon's instance
   * @param {import('./types').Log} options.log
   */
  constructor({ connection, feed, board, hosting, log }) {
    super();
    this.connection = connection;
    this.feed = feed;
    this.board = board;
    this.hosting = hosting;
    this.log = log;
    this.isConnected = false;
    this.trouble = '';
    this.version = '';
    /** Counts connections: what was begun on an old one is not finished on a new one. */
    this.generation = 0;
    /** @type {import('./types').DaemonEvent[] | undefined} */
    this.held = undefined;
    /** @type {Promise<void> | undefined} */
    this.refreshing = undefined;
    this.isStale = false;
    connection.on('open', () => void this.greet());
    connection.on('lost', (why) => this.lost(why));
    connection.on('warning', (sentence) => log.warn(sentence));
    feed.on('event', (event) => this.takeEvent(event));
    feed.on('gap', () => void this.refresh());
  }

  async greet() {
    const generation = (this.generation += 1);
    try {
      await this.readAll();
      // Without the daemon's own name, the socket stands for it.
      const daemon = (await this.hosting.register()) ?? this.connection.socketPath() ?? '';
      await this.feed.begin(daemon, this.board.cursor);
      if (generation !== this.generation) return;
      this.connection.settled();
      this.isConnected = true;
      this.trouble = '';
      this.log.info(`connected with reeved ${this.version}`);
      this.emit('state');
    } catch (error) {
      if (generation !== this.generation || error instanceof ConnectionLost || error instanceof NotConnected) return;
      this.connection.abandon(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {string} why */
  lost(why) {
    this.generation += 1;
    if (this.trouble !== why) this.log.warn(`not connected: ${why}`);
    this.isConnected = false;
    this.trouble = why;
    this.held = undefined;
    this.emit('state');
  }

  /** Reads everything anew; asked for again meanwhile, it is read once more after. */
  refresh() {
    this.isStale = true;
    this.refreshing ??= this.refreshUntilFresh().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  async refreshUntilFresh() {
    while (this.isStale) {
      this.isStale = false;
      try {
        await this.readAll();
      } catch (error) {
        this.log.warn(`tickets and agents could not be read: ${error instanceof Error ? error.message : error}`);
        return;
      }
    }
  }

  /** Events that come while it is read are applied after: the lists may be older than they are. */
  async readAll() {
    const held = (this.held = /** @type {import('./types').DaemonEvent[]} */ ([]));
    try {
      const picture = await readPicture(this.connection);
      this.version = typeof picture.status.version === 'string' ? picture.status.version : '';
      this.board.reset(picture);
    } finally {
      if (this.held === held) this.held = undefined;
      for (const event of held) this.board.apply(event);
    }
  }

  /** @param {import('./types').DaemonEvent} event */
  takeEvent(event) {
    this.log.trace(`event ${event.seq} ${event.kind} ${event.ticket ?? ''}`);
    if (this.held) this.held.push(event);
    else this.board.apply(event);
    this.emit('event', event);
  }
}

module.exports = { DaemonSession };
