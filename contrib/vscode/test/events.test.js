// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { FakeError } = require('./stub/fake-daemon');
const { connected, disconnected, scene, ticket } = require('./stub/scene');
const { eventually } = require('./stub/waiting');

/** @param {import('./stub/editor').StubEditor} editor */
function states(editor) {
  return editor.tree().map((/** @type {any} */ { node, item }) => `${node.ticketId} ${item.description}`);
}

/** @param {import('./stub/editor').StubEditor} editor */
function events(editor) {
  return editor.log.filter((line) => line.startsWith('trace event ')).map((line) => Number(line.split(' ')[2]));
}

describe('events', () => {
  test('begin at the newest when nothing is known, and change the tree', async (t) => {
    const { daemon, editor } = await scene(t, {
      prepare: (d) => {
        d.status.cursor = 41;
        d.tickets = [ticket()];
      },
    });
    assert.deepEqual(daemon.asked('events.subscribe'), [{ since: 41 }]);
    assert.deepEqual(states(editor), ['A queued']);
    daemon.event({ seq: 42, kind: 'ticket.updated', ticket: 'A', data: { ticket: ticket({ state: 'running' }) } });
    await eventually(() => states(editor)[0] === 'A running');
    await eventually(() => editor.view.draws > 0);
  });

  test('go on after the last one that was seen: after a lost connection, a reload, a restart of the editor', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => d.hostsEditors() });
    for (const seq of [1, 2, 3]) daemon.event({ seq, kind: 'agent.input' });
    await eventually(() => events(editor).length === 3);
    daemon.kick();
    await disconnected(editor);
    daemon.status.cursor = 9;
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').at(-1), { since: 3 });
    for (const seq of [4, 5]) daemon.event({ seq, kind: 'agent.input' });
    await eventually(() => events(editor).length === 5);
    await editor.reload();
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').at(-1), { since: 5 });
  });

  test('of another daemon have a cursor of their own', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => d.hostsEditors('instance000A') });
    daemon.event({ seq: 1, kind: 'agent.input' });
    await eventually(() => events(editor).length === 1);
    daemon.hostsEditors('instance000B');
    daemon.status.cursor = 700;
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').at(-1), { since: 700 });
    daemon.hostsEditors('instance000A');
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').at(-1), { since: 1 });
  });

  test('that come twice count once, and old ones do not turn the tree back', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => void (d.tickets = [ticket()]) });
    daemon.event({ seq: 1, kind: 'ticket.updated', ticket: 'A', data: { ticket: ticket({ state: 'running' }) } });
    daemon.event({ seq: 2, kind: 'ticket.updated', ticket: 'A', data: { ticket: ticket({ state: 'done' }) } });
    daemon.event({ seq: 1, kind: 'ticket.updated', ticket: 'A', data: { ticket: ticket({ state: 'running' }) } });
    daemon.event({ seq: 3, kind: 'agent.input' });
    await eventually(() => events(editor).length === 3);
    assert.deepEqual(events(editor), [1, 2, 3]);
    assert.deepEqual(states(editor), ['A done']);
  });

  test('that the log no longer has: it goes on at the oldest, and everything is read anew', async (t) => {
    const { daemon, editor } = await scene(t);
    daemon.event({ seq: 1, kind: 'agent.input' });
    await eventually(() => events(editor).length === 1);
    daemon.methods['events.subscribe'] = ({ since }) => {
      if (since < 499) throw new FakeError('cursor_expired', 'events up to 499 are no longer kept', { oldest: 500 });
      return { cursor: since };
    };
    daemon.status.cursor = 900;
    daemon.tickets = [ticket({ state: 'failed' })];
    const lists = daemon.asked('agent.list').length;
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').slice(-2), [{ since: 1 }, { since: 499 }]);
    // Once for the connection, once for the gap.
    await eventually(() => daemon.asked('agent.list').length === lists + 2);
    assert.deepEqual(states(editor), ['A failed']);
    assert.ok(editor.log.some((line) => line.startsWith('warn') && line.includes('no longer keeps')));
    daemon.event({ seq: 500, kind: 'agent.input' });
    await eventually(() => events(editor).includes(500));
  });

  test('that end in the middle are subscribed to again', async (t) => {
    const { daemon, editor } = await scene(t);
    daemon.event({ seq: 1, kind: 'agent.input' });
    await eventually(() => events(editor).length === 1);
    let isExpired = true;
    daemon.methods['events.subscribe'] = ({ since }) => {
      if (since < 50 && isExpired) throw new FakeError('cursor_expired', 'gone', { oldest: 51 });
      return { cursor: since };
    };
    const params = { code: -32007, message: 'gone', data: { kind: 'cursor_expired', oldest: 51 } };
    daemon.raw(`${JSON.stringify({ jsonrpc: '2.0', method: 'event.error', params })}\n`);
    await eventually(() => daemon.asked('events.subscribe').at(-1)?.since === 50);
    isExpired = false;
    assert.equal(daemon.connections, 1);
  });

  test('whose cursor is beyond the newest belong to another log: it begins at the newest', async (t) => {
    const { daemon, editor } = await scene(t);
    daemon.event({ seq: 1000, kind: 'agent.input' });
    await eventually(() => events(editor).length === 1);
    daemon.methods['events.subscribe'] = ({ since }) => {
      if (since > 5) throw new FakeError('invalid_params', 'the newest event is 5', { path: '$.since' });
      return { cursor: since };
    };
    daemon.status.cursor = 5;
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    assert.deepEqual(daemon.asked('events.subscribe').at(-1), { since: 5 });
    daemon.event({ seq: 6, kind: 'agent.input' });
    await eventually(() => events(editor).includes(6));
  });

  test('that are missing make it read everything anew', async (t) => {
    const { daemon, editor } = await scene(t);
    daemon.event({ seq: 1, kind: 'agent.input' });
    await eventually(() => events(editor).length === 1);
    daemon.tickets = [ticket({ id: 'B' })];
    daemon.event({ seq: 4, kind: 'agent.input' });
    await eventually(() => states(editor)[0] === 'B queued');
    assert.ok(editor.log.includes('warn 2 events before 4 did not come'));
  });

  test('that come while everything is read are applied after it', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => void (d.tickets = [ticket()]) });
    const answer = daemon.methods['agent.list'];
    /** @type {(() => void) | undefined} */
    let release;
    daemon.methods['agent.list'] = (params) => new Promise((resolve) => (release = () => resolve(answer(params))));
    const refreshed = editor.run('reeve.refresh');
    await eventually(() => release);
    daemon.event({ seq: 1, kind: 'ticket.updated', ticket: 'A', data: { ticket: ticket({ state: 'running' }) } });
    await eventually(() => events(editor).length === 1);
    release?.();
    await refreshed;
    assert.deepEqual(states(editor), ['A running']);
  });

  test('that lag are told in the output', async (t) => {
    const { daemon, editor } = await scene(t);
    daemon.raw('{"jsonrpc":"2.0","method":"event.lagged","params":{"resumeFrom":77}}\n');
    await eventually(() => editor.log.some((line) => line.startsWith('warn') && line.includes('77')));
  });

  test('of strange shapes do not harm', async (t) => {
    const { daemon, editor } = await scene(t);
    const strange = ['7', '{}', '"seq":"1","kind":"x"', '"seq":1.5,"kind":"x"', '"seq":1e400,"kind":"x"', '"seq":1,"kind":7'];
    for (const params of strange.map((text) => (text.startsWith('"') ? `{${text}}` : text))) {
      daemon.raw(`{"jsonrpc":"2.0","method":"event","params":${params}}\n`);
    }
    daemon.raw('{"jsonrpc":"2.0","method":"event","params":{"seq":1,"kind":"ticket.updated","ticket":7,"data":null}}\n');
    daemon.raw(
      '{"jsonrpc":"2.0","method":"event","params":{"seq":2,"kind":"metadata.cleared","ticket":"A","data":{"parts":7}}}\n',
    );
    await eventually(() => events(editor).includes(2));
    assert.deepEqual(events(editor), [1, 2]);
  });
});

test('a daemon that accepts and does not answer sensibly is left, and tried again', async (t) => {
  const { daemon, editor } = await scene(t);
  const good = daemon.methods['system.status'];
  daemon.methods['system.status'] = () => {
    throw new FakeError('shutting_down', 'the daemon is stopping');
  };
  daemon.kick();
  await disconnected(editor);
  const before = daemon.connections;
  await eventually(() => daemon.connections > before + 1);
  assert.match(editor.statusItem.tooltip, /the daemon is stopping/);
  daemon.methods['system.status'] = good;
  await connected(editor);
});

test('a daemon that has answered sensibly is tried again quickly, however often it goes', async (t) => {
  const { daemon, editor } = await scene(t);
  // Each scene loads the extension anew.
  const next = t.mock.method(require('../src/back-off').BackOff.prototype, 'next');
  for (let round = 1; round <= 6; round += 1) {
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
  }
  const pauses = next.mock.calls.map(({ result }) => result ?? Infinity);
  assert.ok(pauses.length >= 6 && pauses.every((pause) => pause <= 200), `${pauses}`);
});

test('all pages of living tickets are read', async (t) => {
  const { editor } = await scene(t, {
    prepare: (d) => {
      d.methods['ticket.list'] = ({ states: wanted, before }) => {
        if (!wanted.includes('queued')) return { tickets: [] };
        return before ? { tickets: [ticket({ id: 'SECOND' })] } : { tickets: [ticket({ id: 'FIRST' })], next: 'n1' };
      };
    },
  });
  assert.equal(editor.tree().length, 2);
});
