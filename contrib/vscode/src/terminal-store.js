// @ts-check
'use strict';

const KEY = 'reeve.terminals';

/**
 * @typedef {object} TerminalRecord what is known of a terminal of ours over a reload of the window
 * @property {string} terminal our id
 * @property {string} session
 * @property {string} name
 * @property {number} [pid]
 * @property {string[]} [command] what runs in it
 */

/** The terminals of this window, remembered over its reloads. */
class TerminalStore {
  /** @param {import('./types').Rememberer} memory of the workspace */
  constructor(memory) {
    this.memory = memory;
  }

  /** @returns {TerminalRecord[]} */
  read() {
    const value = this.memory.get(KEY, []);
    if (!Array.isArray(value)) return [];
    return value.filter((one) => [one?.terminal, one?.session, one?.name].every((word) => typeof word === 'string'));
  }

  /** @param {TerminalRecord[]} records */
  write(records) {
    return this.memory.update(KEY, records);
  }
}

module.exports = { TerminalStore };
