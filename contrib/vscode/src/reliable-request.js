// @ts-check
'use strict';

const { randomUUID } = require('node:crypto');
const { ConnectionLost } = require('./protocol-error');

/** How long the daemon may be away in the middle of a command before it is given up. */
const PATIENCE = 30_000;

/**
 * A request that changes something, carried out at most once: when the connection is lost before the answer, it is repeated on
 * the next one with the same key, and the daemon gives the first answer again or says that it cannot tell.
 * @param {import('./daemon-session').DaemonSession} session
 * @param {string} method
 * @param {object} params
 * @returns {Promise<any>}
 */
async function change(session, method, params) {
  const keyed = { ...params, idempotencyKey: randomUUID() };
  try {
    return await session.connection.request(method, keyed, Infinity);
  } catch (error) {
    if (!(error instanceof ConnectionLost) || !(await reconnected(session))) throw error;
    return session.connection.request(method, keyed, Infinity);
  }
}

/** @param {import('./daemon-session').DaemonSession} session */
function reconnected(session) {
  return new Promise((resolve) => {
    const timer = session.connection.clock.setTimeout(() => finish(false), PATIENCE);
    const listener = () => session.isConnected && finish(true);
    const finish = (/** @type {boolean} */ outcome) => {
      session.connection.clock.clearTimeout(timer);
      session.off('state', listener);
      resolve(outcome);
    };
    session.on('state', listener);
  });
}

module.exports = { change };
