// @ts-check
'use strict';

const path = require('node:path');

/**
 * Where the daemon's control socket is: the setting, else what the environment says, in the order of the command line.
 * @param {string} setting `reeve.socketPath`
 * @param {Record<string, string | undefined>} environment
 * @returns {string | undefined} nothing when neither says anything
 */
function socketPath(setting, environment) {
  if (setting.trim()) return expandHome(setting.trim(), environment);
  if (environment.REEVE_SOCKET) return environment.REEVE_SOCKET;
  if (environment.REEVE_RUNTIME_DIR) return path.join(environment.REEVE_RUNTIME_DIR, 'control.sock');
  if (environment.XDG_RUNTIME_DIR) return path.join(environment.XDG_RUNTIME_DIR, 'reeve', 'control.sock');
  return undefined;
}

/**
 * @param {string} setting
 * @param {Record<string, string | undefined>} environment
 */
function expandHome(setting, environment) {
  return setting.startsWith('~/') && environment.HOME ? path.join(environment.HOME, setting.slice(2)) : setting;
}

module.exports = { socketPath };
