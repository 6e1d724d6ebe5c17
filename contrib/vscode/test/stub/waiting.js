// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/**
 * Waits for a condition, not for a time.
 * @template T
 * @param {() => T | Promise<T>} condition
 * @param {string} [what]
 * @param {number} [patience] milliseconds
 * @returns {Promise<T>}
 */
async function eventually(condition, what = condition.toString(), patience = 15_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail(`this did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * A private directory with a short name: a socket's path has at most 107 bytes.
 * @param {import('node:test').TestContext} test
 */
function scratch(test) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'rvx-'));
  test.after(() => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

module.exports = { eventually, scratch };
