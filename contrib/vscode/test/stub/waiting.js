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
async function eventually(condition, what = condition.toString(), patience = 30_000) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) assert.fail(`this did not come about: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** @type {WeakMap<import('node:test').TestContext, (() => unknown)[]>} */
const endings = new WeakMap();

/**
 * Does something at the end of a test, the last one first (`after` of Node's runner does the first one first): what is in a
 * directory ends before the directory goes.
 * @param {import('node:test').TestContext} test
 * @param {() => unknown} action
 */
function atEnd(test, action) {
  const known = endings.get(test);
  if (known) return void known.push(action);
  const actions = [action];
  endings.set(test, actions);
  test.after(async () => {
    /** @type {unknown[]} */
    const failures = [];
    for (const one of actions.reverse()) {
      try {
        await one();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  });
}

/**
 * A private directory with a short name: a socket's path has at most 107 bytes.
 * @param {import('node:test').TestContext} test
 */
function scratch(test) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'rvx-'));
  atEnd(test, () => fs.rmSync(directory, { recursive: true, force: true }));
  return directory;
}

module.exports = { atEnd, eventually, scratch };
