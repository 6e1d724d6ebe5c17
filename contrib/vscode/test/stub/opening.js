// @ts-check
'use strict';

const assert = require('node:assert/strict');

/** @typedef {import('./fake-daemon').FakeDaemon} FakeDaemon */

const hosting = { prepare: (/** @type {FakeDaemon} */ d) => void d.hostsEditors() };

/** @param {object} [members] */
function opening(members) {
  return {
    session: 'S-1',
    name: 'op-FEAT-1',
    command: ['/bin/cat'],
    directory: '/tmp',
    environment: { REEVE_TICKET: 'FEAT-1' },
    ticketType: 'FEAT',
    ...members,
  };
}

/**
 * @param {FakeDaemon} daemon
 * @param {object} [members]
 * @returns {Promise<{terminal: string, pid: number}>}
 */
async function opened(daemon, members) {
  const { result, error } = await daemon.call('open', opening(members));
  assert.equal(error, undefined);
  return result;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

module.exports = { hosting, opening, opened, isAlive };
