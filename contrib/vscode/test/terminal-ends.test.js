// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { hosting, isAlive, opened } = require('./stub/opening');
const { connected, disconnected, scene } = require('./stub/scene');
const { eventually } = require('./stub/waiting');

const onlyLinux = { skip: process.platform !== 'linux' && 'the kernel does not tell what a process runs' };

describe('an end', () => {
  for (const [what, script, report] of /** @type {[string, string, object][]} */ ([
    ['with 0', 'exit 0', { code: 0 }],
    ['with 7', 'exit 7', { code: 7 }],
    // The trap of the editor: it drops the signal.
    ['by a signal, which the editor does not tell', 'kill -9 $$', { code: 0 }],
  ])) {
    test(`${what} is reported`, async (t) => {
      const { daemon } = await scene(t, hosting);
      const { terminal } = await opened(daemon, { command: ['/bin/sh', '-c', `read line; ${script}`] });
      await daemon.call('type', { terminal, text: '\r' });
      const closed = await eventually(() => daemon.asked('host.report').find(({ event }) => event === 'closed'));
      assert.deepEqual(closed, { host: 'host-1', terminal, event: 'closed', ...report });
    });
  }

  test('by a person has no code', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    editor.closeByPerson(editor.terminals[0]);
    const closed = await eventually(() => daemon.asked('host.report').find(({ event }) => event === 'closed'));
    assert.deepEqual(closed, { host: 'host-1', terminal, event: 'closed' });
  });

  test('while no daemon is there is reported to the next one, once', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    await daemon.stop();
    await disconnected(editor);
    editor.closeByPerson(editor.terminals[0]);
    await eventually(() => editor.terminals.length === 0);
    await daemon.start();
    await connected(editor);
    await eventually(() => daemon.asked('host.report').some(({ event }) => event === 'closed'));
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    assert.deepEqual(
      daemon.asked('host.report').filter(({ event }) => event === 'closed'),
      [{ host: 'host-1', terminal, event: 'closed' }],
    );
  });

  test('whose report got no answer is reported again', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    const good = daemon.methods['host.report'];
    daemon.methods['host.report'] = () => undefined;
    editor.closeByPerson(editor.terminals[0]);
    await eventually(() => daemon.asked('host.report').some(({ event }) => event === 'closed'));
    daemon.methods['host.report'] = good;
    daemon.kick();
    const told = () => daemon.asked('host.report').filter((report) => report.event === 'closed' && report.terminal === terminal);
    await eventually(() => told().length === 2);
  });
});

describe('a reload of the window', () => {
  test('finds its terminals again, under their old ids', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const first = await opened(daemon);
    const second = await opened(daemon, { session: 'S-2', name: 'op-FIX-2' });
    editor.createTerminal({ name: 'op-FEAT-1', shellPath: '/bin/cat' });
    const before = editor.terminals[0];
    await editor.reload();
    await connected(editor);
    assert.notEqual(editor.terminals[0], before);
    assert.deepEqual(editor.terminals[0].creationOptions, {});
    const { terminals } = (await daemon.call('list')).result;
    assert.deepEqual(
      terminals.map((/** @type {any} */ one) => [one.terminal, one.session, one.pid]),
      [[first.terminal, 'S-1', first.pid], [second.terminal, 'S-2', second.pid]],
    );
    assert.deepEqual(await opened(daemon), first);
    await daemon.call('type', { terminal: first.terminal, text: 'still there\r' });
    await eventually(() => editor.terminals[0].process?.output.includes('still there'));
    assert.deepEqual((await daemon.call('close', { terminal: first.terminal })).result, {});
    assert.equal(isAlive(first.pid), false);
  });

  test('knows a terminal that a person has renamed', onlyLinux, async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const first = await opened(daemon);
    const second = await opened(daemon, { session: 'S-2' });
    editor.terminals[0].name = 'op-another';
    editor.terminals[1].name = 'what I look at';
    await editor.reload();
    await connected(editor);
    const { terminals } = (await daemon.call('list')).result;
    assert.deepEqual(terminals.map((/** @type {any} */ one) => one.terminal), [first.terminal, second.terminal]);
  });

  test('ends them when a person wants that, and says so to the daemon', async (t) => {
    const { daemon, editor } = await scene(t, { ...hosting, settings: { 'reeve.keepTerminalsOverReload': false } });
    const { terminal, pid } = await opened(daemon);
    assert.equal(editor.terminals[0].options.isTransient, true);
    await editor.reload();
    await connected(editor);
    await eventually(
      () => daemon.asked('host.report').some((report) => report.event === 'closed' && report.terminal === terminal),
    );
    await eventually(() => !isAlive(pid));
  });

  test('does not take a stranger that has the pid for one of ours', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { pid } = await opened(daemon);
    editor.terminals[0].name = 'bash';
    const records = [
      { terminal: 'T', session: 'S-8', name: 'op-X', pid, command: ['/usr/bin/reeve-keeper', 'S-8'] },
      { terminal: 'U', session: 'S-9', name: 'op-Y', pid: pid + 1, command: ['/usr/bin/reeve-keeper', 'S-9'] },
    ];
    await editor.workspaceState.update('reeve.terminals', [...records, null, 7, { terminal: 1 }]);
    const adopting = editor.workspaceState.update;
    // The window that is left writes what it knows; here another one's records are found.
    editor.workspaceState.update = async () => {};
    await editor.stop();
    editor.workspaceState.update = adopting;
    await editor.reload();
    await connected(editor);
    assert.deepEqual((await daemon.call('list')).result.terminals, []);
    assert.ok(isAlive(pid));
  });
});

test('after a restart of the editor, what it has started once more is closed and reported', onlyLinux, async (t) => {
  const { daemon, editor } = await scene(t, hosting);
  const { terminal, pid } = await opened(daemon);
  editor.createTerminal({ name: 'op-mine', shellPath: '/bin/cat', shellArgs: ['-'] });
  await editor.restart();
  await connected(editor);
  await eventually(() => daemon.asked('host.report').some((report) => report.event === 'closed' && report.terminal === terminal));
  await eventually(() => editor.terminals.length === 1);
  assert.equal(editor.terminals[0].name, 'op-mine');
  assert.equal(isAlive(pid), false);
  assert.deepEqual((await daemon.call('list')).result.terminals, []);
});
