// @ts-check
'use strict';

const KEY = 'reeve.cursors';
const MOST = 20;
const PAUSE = 1000;

/**
 * The last event seen of each daemon, kept over restarts of the editor. Written at most once a second: after a crash a few events
 * are told again, and none is missed.
 */
class CursorStore {
  /**
   * @param {import('./types').Rememberer} memory
   * @param {import('./types').Clock} [clock]
   */
  constructor(memory, clock = { setTimeout, clearTimeout }) {
    this.memory = memory;
    this.clock = clock;
    /** @type {Map<string, number>} */
    this.fresh = new Map();
    /** @type {any} */
    this.timer = undefined;
  }

  /**
   * @param {string} daemon its instance, or its socket's path where the daemon does not tell
   * @returns {number | undefined}
   */
  read(daemon) {
    const known = this.fresh.get(daemon) ?? this.stored().get(daemon);
    return typeof known === 'number' && Number.isSafeInteger(known) && known >= 0 ? known : undefined;
  }

  /**
   * @param {string} daemon
   * @param {number} seq
   */
  write(daemon, seq) {
    this.fresh.set(daemon, seq);
    this.timer ??= this.clock.setTimeout(() => void this.flush(), PAUSE);
  }

  /** Writes what has not been written. */
  async flush() {
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    if (this.fresh.size === 0) return;
    const all = this.stored();
    for (const [daemon, seq] of this.fresh) {
      all.delete(daemon);
      all.set(daemon, seq);
    }
    this.fresh.clear();
    await this.memory.update(KEY, [...all].slice(-MOST));
  }

  /** @returns {Map<string, number>} */
  stored() {
    const value = this.memory.get(KEY, []);
    return new Map(Array.isArray(value) ? value.filter((pair) => Array.isArray(pair) && typeof pair[0] === 'string') : []);
  }
}

module.exports = { CursorStore };
