// @ts-check
'use strict';

const { inert } = require('./inert-text');
const { ConnectionLost, NotConnected, ProtocolError } = require('./protocol-error');

/**
 * An error as a person is told it.
 * @param {unknown} error
 * @param {string} missing what this daemon does not have when it does not know the method
 * @returns {string}
 */
function spoken(error, missing) {
  if (error instanceof NotConnected) return 'reeved does not answer; nothing was done.';
  if (error instanceof ConnectionLost) return 'The connection to reeved was lost, and it is not known whether this was done.';
  if (!(error instanceof ProtocolError)) return inert(error instanceof Error ? error.message : String(error));
  if (error.kind === 'unknown_method') return `This reeved has no ${missing}.`;
  return inert(error.hint ? `${error.message} (${error.hint})` : error.message);
}

module.exports = { spoken };
