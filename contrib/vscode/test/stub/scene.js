// @ts-check
'use strict';

const path = require('node:path');
const { StubEditor } = require('./editor');
const { FakeDaemon } = require('./fake-daemon');
const { atEnd, eventually, scratch } = require('./waiting');

/**
 * A fake daemon and an editor window that is connected with it; both are gone after the test.
 * @param {import('node:test').TestContext} test
 * @param {object} [options]
 * @param {(daemon: FakeDaemon) => void} [options.prepare]
 * @param {Record<string, any>} [options.settings]
 * @param {boolean} [options.isTrusted]
 */
async function scene(test, { prepare = () => {}, settings = {}, isTrusted = true } = {}) {
  const directory = scratch(test);
  const daemon = new FakeDaemon(path.join(directory, 'd.sock'));
  prepare(daemon);
  await daemon.start();
  const editor = new StubEditor({ settings: { 'reeve.socketPath': daemon.path, ...settings }, isTrusted });
  await editor.start();
  atEnd(test, async () => {
    await editor.quit();
    await daemon.stop();
  });
  await connected(editor);
  return { directory, daemon, editor };
}

/** @param {StubEditor} editor */
function connected(editor) {
  return eventually(() => editor.contexts.get('reeve.connected') === true, 'the extension is connected');
}

/** @param {StubEditor} editor */
function disconnected(editor) {
  return eventually(() => editor.contexts.get('reeve.connected') === false, 'the extension is not connected');
}

/** @param {object} [members] */
function ticket(members) {
  return {
    id: 'A',
    title: 'Write it',
    type: 'TASK',
    agent: 'claude',
    priority: 'P2',
    state: 'queued',
    createdAt: '2026-01-01T00:00:00.000Z',
    attempts: 0,
    ...members,
  };
}

/** @param {object} [members] */
function agent(members) {
  return {
    ticket: 'A',
    kind: 'claude',
    state: 'running',
    since: '2026-01-01T00:00:00.000Z',
    session: 'op-A',
    backend: 'tmux',
    launch: 'L',
    startedAt: '2026-01-01T00:00:00.000Z',
    ...members,
  };
}

module.exports = { scene, connected, disconnected, ticket, agent };
