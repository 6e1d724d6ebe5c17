// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { agent, connected, disconnected, scene, ticket } = require('./stub/scene');
const { eventually } = require('./stub/waiting');

const HOSTILE = '\u001b]0;x\u0007$(trash) \u202Egnp.exe\u2066 [go](command:reeve.pauseQueue)\r\n<b>';
// eslint-disable-next-line no-control-regex
const ACTIVE = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069]/;

describe('the tree', () => {
  test('has each ticket with its agent below, an icon by state, and what can be done with it', async (t) => {
    const { editor } = await scene(t, {
      prepare: (d) => {
        d.tickets = [
          ticket({ id: 'Q' }),
          ticket({ id: 'R', state: 'review', review: 'plan', step: 'plan', visit: 1 }),
          ticket({ id: 'W', state: 'running', metadata: { status: { text: 'compiling' }, progress: { percent: 40 } } }),
        ];
        d.agents = [
          agent({ ticket: 'W', state: 'waiting', reason: 'permission', session: 'op-W' }), agent({ ticket: 'R', state: 'done' }),
        ];
      },
    });
    const tree = editor.tree();
    const parts = (/** @type {any} */ { item }) => [item.label, item.description, item.iconPath.id, item.contextValue];
    assert.deepEqual(tree.map(parts), [
      ['W  Write it', 'waiting · compiling · 40 %', 'bell-dot', 'ticket running agent'],
      ['R  Write it', 'review · plan', 'eye', 'ticket review agent'],
      ['Q  Write it', 'queued', 'clock', 'ticket queued'],
    ]);
    assert.deepEqual(tree.map((/** @type {any} */ { item }) => item.collapsibleState), [2, 2, 0]);
    const [{ item: below }] = tree[0].children;
    assert.deepEqual([below.label, below.description, below.contextValue], ['claude', 'waiting · permission', 'agent']);
    assert.equal(below.command.command, 'reeve.focusAgent');
    assert.equal(tree[1].children[0].item.description, 'idle');
    assert.deepEqual(tree[2].children, []);
    const ids = tree.flatMap(
      (/** @type {any} */ { item, children }) => [item.id, ...children.map((/** @type {any} */ child) => child.item.id)],
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  test('shows nothing of a ticket that does anything but be seen', async (t) => {
    const { editor } = await scene(t, {
      prepare: (d) => {
        d.status.version = HOSTILE;
        d.tickets = [
          ticket({
            title: HOSTILE,
            reason: HOSTILE,
            type: HOSTILE,
            project: HOSTILE,
            step: HOSTILE,
            state: 'running',
            metadata: { status: { text: HOSTILE } },
          }),
        ];
        d.agents = [agent({ kind: HOSTILE, reason: HOSTILE, session: HOSTILE, backend: HOSTILE })];
      },
    });
    const [{ item, children }] = editor.tree();
    const shown = [
      item.label,
      item.description,
      item.tooltip,
      children[0].item.label,
      children[0].item.description,
      children[0].item.tooltip,
      editor.statusItem.tooltip,
    ];
    for (const text of shown) {
      assert.equal(typeof text, 'string');
      assert.doesNotMatch(text, ACTIVE);
      assert.doesNotMatch(text, /\$\(|\]\(/);
    }
    await editor.run('reeve.previewAgent').catch(() => {});
    for (const { label, description, detail } of editor.picks[0]) {
      for (const text of [label, description, detail]) assert.doesNotMatch(text, ACTIVE);
      // The one icon is ours.
      assert.match(label, /^\$\(play-circle\) A$/);
      assert.doesNotMatch(description + detail, /\$\(|\]\(/);
    }
  });

  test('is drawn once for a burst of events', async (t) => {
    const { daemon, editor } = await scene(t);
    await eventually(() => editor.view.draws === 1);
    for (let seq = 1; seq <= 300; seq += 1) {
      daemon.event({ seq, kind: 'ticket.created', ticket: `T-${seq}`, data: { ticket: ticket({ id: `T-${seq}` }) } });
    }
    await eventually(() => editor.tree().length === 300);
    await eventually(() => editor.view.draws > 1);
    assert.ok(editor.view.draws < 10, String(editor.view.draws));
  });

  test('keeps what was seen last while the daemon is away, and says so', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => void (d.tickets = [ticket({ state: 'review' })]) });
    assert.equal(editor.view.badge.value, 1);
    await daemon.stop();
    await disconnected(editor);
    assert.equal(editor.tree().length, 1);
    assert.match(editor.view.message, /does not answer/);
    assert.equal(editor.view.badge, undefined);
    assert.match(editor.statusItem.text, /debug-disconnect/);
    await daemon.start();
    await connected(editor);
    assert.equal(editor.view.message, undefined);
    assert.equal(editor.view.badge.value, 1);
  });
});

describe('the status bar', () => {
  test('counts, and its click opens the tree', async (t) => {
    const { daemon, editor } = await scene(t, {
      prepare: (d) => {
        d.tickets = [
          ticket({ id: 'Q' }),
          ticket({ id: 'R', state: 'review' }),
          ticket({ id: 'W', state: 'running' }),
          ticket({ id: 'X', state: 'running' }),
        ];
        d.agents = [agent({ ticket: 'W', state: 'waiting' }), agent({ ticket: 'X' })];
      },
    });
    assert.equal(editor.statusItem.text, '$(server-process) Reeve $(bell-dot) 2 $(play) 1 $(clock) 1');
    assert.equal(editor.statusItem.command, 'reeve.tickets.focus');
    assert.ok(editor.statusItem.isVisible);
    assert.equal(editor.statusItem.backgroundColor.id, 'statusBarItem.warningBackground');
    assert.deepEqual(editor.view.badge, { value: 2, tooltip: '2 need you' });
    daemon.event({ seq: 1, kind: 'ticket.updated', ticket: 'R', data: { ticket: ticket({ id: 'R', state: 'done' }) } });
    daemon.event({ seq: 2, kind: 'agent.state', ticket: 'W', data: { agent: agent({ ticket: 'W', state: 'lost' }) } });
    await eventually(() => editor.statusItem.text === '$(server-process) Reeve $(error) 1 $(play) 1 $(clock) 1');
    assert.equal(editor.view.badge, undefined);
    assert.equal(editor.statusItem.backgroundColor, undefined);
  });

  test('says when the queue is paused, also by somebody else', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => void (d.status.paused = true) });
    assert.match(editor.statusItem.text, /^\$\(debug-pause\) Reeve paused/);
    assert.equal(editor.contexts.get('reeve.paused'), true);
    daemon.event({ seq: 1, kind: 'queue.resumed' });
    await eventually(() => editor.contexts.get('reeve.paused') === false);
    assert.doesNotMatch(editor.statusItem.text, /paused/);
  });
});
