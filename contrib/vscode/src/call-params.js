// @ts-check
'use strict';

const { ProtocolError } = require('./protocol-error');

/**
 * @param {string} name
 * @param {string} what
 * @returns {ProtocolError}
 */
function wrong(name, what) {
  return new ProtocolError('invalid_params', `${name} ${what}`);
}

/**
 * @param {any} params
 * @param {string} name
 * @returns {string}
 */
function text(params, name) {
  const value = params[name];
  if (typeof value !== 'string') throw wrong(name, 'has to be a string');
  return value;
}

/**
 * A string that a program's argument, a path or a variable can hold.
 * @param {unknown} value
 * @param {string} name
 * @returns {string}
 */
function plain(value, name) {
  if (typeof value !== 'string' || value.includes('\0')) throw wrong(name, 'has to be a string without NUL');
  return value;
}

/**
 * @typedef {object} OpenParams
 * @property {string} session
 * @property {string} name
 * @property {string[]} command
 * @property {string} directory absolute
 * @property {Record<string, string>} environment
 * @property {string} [ticketType]
 */

/**
 * @param {any} params of `open`
 * @returns {OpenParams}
 */
function openParams(params) {
  const command = params.command;
  if (!Array.isArray(command) || command.length === 0) throw wrong('command', 'has to be a list with a program');
  const environment = params.environment ?? {};
  if (typeof environment !== 'object' || Array.isArray(environment)) throw wrong('environment', 'has to be an object');
  const session = plain(params.session, 'session');
  if (!session) throw wrong('session', 'has to be a name');
  const directory = plain(params.directory, 'directory');
  if (!directory.startsWith('/')) throw wrong('directory', 'has to be an absolute path');
  return {
    session,
    name: plain(params.name, 'name'),
    command: command.map((word) => plain(word, 'command')),
    directory,
    environment: Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [plain(name, 'environment'), plain(value, 'environment')]),
    ),
    ticketType: typeof params.ticketType === 'string' ? params.ticketType : undefined,
  };
}

module.exports = { openParams, text };
