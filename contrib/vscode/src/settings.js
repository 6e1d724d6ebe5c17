// @ts-check
'use strict';

const vscode = require('vscode');

/** The settings, read anew each time: a change counts from the next use on. */
const settings = {
  get socketPath() {
    return text('socketPath', '');
  },
  get sessionPrefix() {
    return text('sessionPrefix', 'op-');
  },
  get hostsTerminals() {
    return read('hostTerminals', true) === true;
  },
  get keepsTerminals() {
    return read('keepTerminalsOverReload', true) === true;
  },
  get previewLines() {
    const lines = read('previewLines', 200);
    return Number.isInteger(lines) ? Math.min(Math.max(lines, 1), 2000) : 200;
  },
  get pressesEnter() {
    return read('pressEnterAfterSelection', true) === true;
  },
};

/**
 * @param {string} key
 * @param {any} fallback
 * @returns {any} what somebody wrote, of whatever type
 */
function read(key, fallback) {
  return vscode.workspace.getConfiguration('reeve').get(key, fallback);
}

/**
 * @param {string} key
 * @param {string} fallback
 */
function text(key, fallback) {
  const value = read(key, fallback);
  return typeof value === 'string' ? value : fallback;
}

module.exports = { settings };
