// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { FakeError } = require('./stub/fake-daemon');
const { agent, connected, disconnected, scene, ticket } = require('./stub/scene');
const { atEnd, eventually } = require('./stub/waiting');

/** @typedef {import('./stub/fake-daemon').FakeDaemon} FakeDaemon */

/** @param {object} params */
function withoutKey(params) {
  const { idempotencyKey, ...rest } = /** @type {any} */ (params);
  assert.match(idempotencyKey, /^[0-9a-f-]{36}$/);
  return rest;
}

/** @param {FakeDaemon} d */
function busy(d) {
  d.tickets = [
    ticket({ id: 'Q' }),
    ticket({ id: 'R', state: 'review', review: 'plan', visit: 3 }),
    ticket({ id: 'W', state: 'running' }),
  ];
  d.agents = [agent({ ticket: 'W', session: 'op-W' })];
}

/** @param {string} kind @param {string} message @param {object} [data] */
function fails(kind, message, data) {
  return () => {
    throw new FakeError(kind, message, data);
  };
}

describe('a command whose method the daemon does not have says so in words', () => {
  for (const [command, sentence] of [
    ['syncKanban', 'Reeve: This reeved has no kanban sync.'],
    ['pauseQueue', 'Reeve: This reeved has no pause of the queue.'],
    ['resumeQueue', 'Reeve: This reeved has no pause of the queue.'],
    ['launchTicket', 'Reeve: This reeved has no launch on request.'],
    ['approveReview', 'Reeve: This reeved has no reviews.'],
    ['switchAgent', 'Reeve: This reeved has no switch of agents.'],
    ['focusAgent', 'Reeve: This reeved has no way to show agents.'],
  ]) {
    test(command, async (t) => {
      const { editor } = await scene(t, { prepare: busy });
      await editor.run(`reeve.${command}`);
      assert.deepEqual(editor.messages.map(({ level, text }) => [level, text]), [['error', sentence]]);
    });
  }
});

test('without a daemon a command says that nothing was done', async (t) => {
  const { daemon, editor } = await scene(t);
  await daemon.stop();
  await disconnected(editor);
  await editor.run('reeve.pauseQueue');
  assert.equal(editor.messages[0].text, 'Reeve: reeved does not answer; nothing was done.');
});

test('kanban is synced by either name of the method', async (t) => {
  const { daemon, editor } = await scene(t, { prepare: (d) => void (d.methods['queue.sync'] = () => ({})) });
  await editor.run('reeve.syncKanban');
  daemon.methods['kanban.sync'] = () => ({});
  await editor.run('reeve.syncKanban');
  assert.deepEqual([daemon.asked('kanban.sync').length, daemon.asked('queue.sync').length], [2, 1]);
  assert.deepEqual(editor.messages, []);
});

test('pause and resume say how much goes on and waits', async (t) => {
  const { daemon, editor } = await scene(t, {
    prepare: (d) => {
      d.methods['queue.pause'] = () => ({ paused: true, running: 2, queued: 3, limit: 5 });
      d.methods['queue.resume'] = () => ({ paused: false, running: 2, queued: 3, limit: 5 });
    },
  });
  await editor.run('reeve.pauseQueue');
  await editor.run('reeve.resumeQueue');
  assert.deepEqual(editor.statusMessages, ['Reeve: queue paused, 2 in work go on', 'Reeve: queue resumed, 3 queued']);
  assert.deepEqual(daemon.asked('queue.pause').map(withoutKey), [{}]);
});

test('a command whose answer was lost with the connection is repeated once, with its key', async (t) => {
  const { daemon, editor } = await scene(t, { prepare: (d) => void (d.methods['queue.pause'] = () => undefined) });
  const command = editor.run('reeve.pauseQueue');
  await eventually(() => daemon.asked('queue.pause').length === 1);
  daemon.methods['queue.pause'] = () => ({ paused: true, running: 0, queued: 0, limit: 5 });
  daemon.kick();
  await command;
  const [first, second] = daemon.asked('queue.pause');
  assert.deepEqual(second, first);
  assert.equal(editor.statusMessages.length, 1);
});

test('a command that is refused gives the reason and what to do', async (t) => {
  const { editor } = await scene(
    t,
    { prepare: (d) => void (d.methods['queue.pause'] = fails('unavailable', 'the disk is full', { hint: 'make room' })) },
  );
  await editor.run('reeve.pauseQueue');
  assert.equal(editor.messages[0].text, 'Reeve: the disk is full (make room)');
});

test('an error\'s words run no command', async (t) => {
  const { editor } = await scene(
    t,
    { prepare: (d) => void (d.methods['queue.pause'] = fails('conflict', '[ok](command:x) \u202E$(trash)')) },
  );
  await editor.run('reeve.pauseQueue');
  assert.equal(editor.messages[0].text, 'Reeve: [ok] (command:x) $ (trash)');
});

describe('reviews', () => {
  test('are approved on the ticket of the tree, as the visit that was seen', async (t) => {
    const { daemon, editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.approve'] = () => ({ ticket: ticket({ id: 'R' }) }))) },
    );
    await editor.run('reeve.approveReview', { ticketId: 'R', isAgent: false });
    assert.deepEqual(daemon.asked('agent.approve').map(withoutKey), [{ ticket: 'R', visit: 3 }]);
    assert.deepEqual(editor.picks, []);
  });

  test('are picked where no ticket is given, among those in review', async (t) => {
    const { daemon, editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.approve'] = () => ({ ticket: ticket({ id: 'R' }) }))) },
    );
    await editor.run('reeve.approveReview');
    assert.deepEqual(editor.picks[0].map(({ label }) => label), ['$(eye) R']);
    editor.onPick = () => undefined;
    await editor.run('reeve.approveReview');
    assert.equal(daemon.asked('agent.approve').length, 1);
  });

  test('that are not there are said not to be', async (t) => {
    const { daemon, editor } = await scene(t);
    await editor.run('reeve.approveReview');
    await editor.run('reeve.rejectReview', { ticketId: 'GONE' });
    assert.deepEqual(
      editor.messages.map(({ text }) => text),
      ['Reeve: nothing waits for a review.', 'Reeve: there is no ticket GONE.'],
    );
    assert.deepEqual(daemon.asked('agent.approve'), []);
  });

  test('are rejected with a reason, and without one not at all', async (t) => {
    const { daemon, editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.reject'] = () => ({ ticket: ticket({ id: 'R' }) }))) },
    );
    await editor.run('reeve.rejectReview', { ticketId: 'R' });
    assert.deepEqual(daemon.asked('agent.reject'), []);
    editor.onInput = (options) => {
      assert.ok(options.validateInput('  '));
      assert.equal(options.validateInput('x'), undefined);
      // Another visit is open by the time the reason is written.
      daemon.event(
        { seq: 1, kind: 'ticket.updated', ticket: 'R', data: { ticket: ticket({ id: 'R', state: 'review', visit: 4 }) } },
      );
      return 'the tests are missing';
    };
    await editor.run('reeve.rejectReview', { ticketId: 'R' });
    assert.deepEqual(daemon.asked('agent.reject').map(withoutKey), [{ ticket: 'R', visit: 3, reason: 'the tests are missing' }]);
  });
});

test('launch picks among the queued', async (t) => {
  const { daemon, editor } = await scene(
    t,
    { prepare: (d) => (busy(d), void (d.methods['queue.launch'] = () => ({ ticket: ticket() }))) },
  );
  await editor.run('reeve.launchTicket');
  assert.deepEqual(editor.picks[0].map(({ label }) => label), ['$(clock) Q']);
  assert.deepEqual(daemon.asked('queue.launch').map(withoutKey), [{ ticket: 'Q' }]);
});

test('switch asks for the ticket, then for another kind, the installed ones first', async (t) => {
  const { daemon, editor } = await scene(t, {
    prepare: (d) => {
      busy(d);
      d.methods['agent.kinds'] = () => (
        { kinds: [{ name: 'aider' }, { name: 'claude', path: '/c' }, { name: 'codex', path: '/x' }, 7, null] }
      );
      d.methods['agent.switch'] = () => ({ rung: 'exit' });
    },
  });
  await editor.run('reeve.switchAgent');
  assert.deepEqual(
    editor.picks[1].map(({ label, description }) => [label, description]),
    [['codex', '/x'], ['aider', 'not installed']],
  );
  assert.deepEqual(daemon.asked('agent.switch').map(withoutKey), [{ ticket: 'W', to: 'codex' }]);
  assert.deepEqual(editor.statusMessages, ['Reeve: W: claude → codex by exit']);
});

describe('a selection', () => {
  /** @param {import('./stub/editor').StubEditor} editor @param {string[]} texts */
  function select(editor, texts) {
    editor.activeTextEditor = {
      selections: texts.map((_, index) => index),
      document: { getText: (/** @type {number} */ index) => texts[index] },
    };
  }

  test('is sent to an agent as it is', async (t) => {
    const { daemon, editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.send'] = () => ({ delivered: true, evidence: 'screen' }))) },
    );
    await editor.run('reeve.sendSelection');
    assert.equal(editor.messages[0].text, 'Reeve: nothing is selected.');
    select(editor, ['let ä = 1;\n\tx', '', 'last']);
    await editor.run('reeve.sendSelection');
    assert.deepEqual(daemon.asked('agent.send').map(withoutKey), [{ ticket: 'W', text: 'let ä = 1;\n\tx\nlast', enter: true }]);
    editor.settings['reeve.pressEnterAfterSelection'] = false;
    await editor.run('reeve.sendSelection');
    assert.equal(daemon.asked('agent.send')[1].enter, false);
  });

  for (const [answer, sent] of /** @type {[string | undefined, object[]][]} */ ([
    ['Send Anyway', [{ ticket: 'W', text: 'yes', enter: true }, { ticket: 'W', text: 'yes', enter: true, force: true }]],
    [undefined, [{ ticket: 'W', text: 'yes', enter: true }]],
  ])) {
    test(`that a dialog blocks is sent after all only when a person says so: ${answer}`, async (t) => {
      const { daemon, editor } = await scene(t, {
        prepare: (d) => {
          busy(d);
          d.methods['agent.send'] = ({ force }) => (
            force ? { delivered: true, evidence: 'read' } : fails('blocked', 'it asks for permission')()
          );
        },
      });
      select(editor, ['yes']);
      editor.onMessage = () => answer;
      await editor.run('reeve.sendSelection');
      assert.deepEqual(daemon.asked('agent.send').map(withoutKey), sent);
      assert.equal(editor.messages[0].options.modal, true);
      assert.equal(editor.messages[0].options.detail, 'it asks for permission');
      assert.deepEqual(editor.messages[0].buttons, ['Send Anyway']);
    });
  }

  test('that is too long is refused before it is sent', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: busy });
    select(editor, ['x'.repeat(1024 * 1024)]);
    await editor.run('reeve.sendSelection');
    assert.match(editor.messages[0].text, /1 MiB/);
    assert.deepEqual(daemon.asked('agent.send'), []);
  });
});

describe('preview', () => {
  test('is a document of the screen, asked for anew each time, without what is not to be seen', async (t) => {
    let count = 0;
    const { daemon, editor } = await scene(t, {
      prepare: (d) => {
        busy(d);
        d.methods['agent.capture'] = () => ({ text: `line ${(count += 1)}\n\u001b[31m\u202Ered` });
      },
      settings: { 'reeve.previewLines': 7 },
    });
    await editor.run('reeve.previewAgent', { ticketId: 'W', isAgent: true });
    await editor.run('reeve.previewAgent', { ticketId: 'W', isAgent: true });
    assert.deepEqual(editor.documents.map(({ text }) => text), ['line 1\n[31mred', 'line 2\n[31mred']);
    assert.equal(editor.documents[0].uri.toString(), 'reeve-preview:/W.txt');
    assert.deepEqual(daemon.asked('agent.capture')[0], { ticket: 'W', lines: 7 });
  });

  test('of an agent that has gone says so in the document', async (t) => {
    const { editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.capture'] = fails('not_found', 'no agent'))) },
    );
    await editor.run('reeve.previewAgent', 'W');
    assert.equal(editor.documents[0].text, 'no agent\n');
  });
});

describe('focus', () => {
  test('shows a terminal of this window at once', async (t) => {
    const { daemon, editor } = await scene(t, { prepare: (d) => (busy(d), void d.hostsEditors()) });
    await daemon.call('open', { session: 'S-1', name: 'op-W', command: ['/bin/cat'], directory: '/', environment: {} });
    await editor.run('reeve.focusAgent', { ticketId: 'W' });
    assert.equal(editor.hasTerminalFocus, true);
    assert.deepEqual([daemon.asked('agent.focus'), daemon.asked('agent.attach')], [[], []]);
  });

  test('of a terminal in another window is the daemon\'s', async (t) => {
    const { daemon, editor } = await scene(t, {
      prepare: (d) => {
        busy(d);
        d.agents = [agent({ ticket: 'W', backend: 'vscode' })];
        d.methods['agent.focus'] = () => ({});
      },
    });
    await editor.run('reeve.focusAgent', { ticketId: 'W' });
    assert.deepEqual(daemon.asked('agent.focus').map(withoutKey), [{ ticket: 'W' }]);
    assert.deepEqual(editor.terminals, []);
  });

  test('of a multiplexer\'s session opens a terminal that shows it, once, outside of any multiplexer', async (t) => {
    const { daemon, editor } = await scene(t, {
      prepare: (d) => (
        busy(d),
        void (d.methods['agent.attach'] = () => ({ command: ['/bin/sh', '-c', 'echo "[$TMUX]"; exec cat'], inside: [] }))
      ),
    });
    process.env.TMUX = '/tmp/somewhere';
    atEnd(t, () => delete process.env.TMUX);
    await editor.run('reeve.focusAgent', { ticketId: 'W' });
    await editor.run('reeve.focusAgent', { ticketId: 'W' });
    assert.equal(editor.terminals.length, 1);
    assert.equal(editor.terminals[0].options.isTransient, true);
    await eventually(() => editor.terminals[0].process?.output.includes('[]'));
    assert.equal(daemon.asked('agent.attach').length, 1);
  });

  test('in a workspace that is not trusted opens nothing here', async (t) => {
    const { daemon, editor } = await scene(
      t,
      { prepare: (d) => (busy(d), void (d.methods['agent.focus'] = () => ({}))), isTrusted: false },
    );
    await editor.run('reeve.focusAgent', { ticketId: 'W' });
    assert.equal(daemon.asked('agent.focus').length, 1);
    assert.deepEqual(editor.terminals, []);
  });
});

test('the output is shown, and a refresh without a connection tries one at once', async (t) => {
  const { daemon, editor } = await scene(t);
  await editor.run('reeve.showOutput');
  assert.ok(editor.log.some((line) => line.startsWith('shown')));
  await daemon.stop();
  await disconnected(editor);
  // By now the next attempt is seconds away.
  await eventually(() => editor.log.filter((line) => line.includes('not connected')).length >= 1);
  await daemon.start();
  await editor.run('reeve.refresh');
  await connected(editor);
});

test('another socket in the settings is connected to at once', async (t) => {
  const { daemon, editor } = await scene(t);
  const before = daemon.connections;
  editor.configure('reeve.socketPath', `${daemon.path}-none`);
  await disconnected(editor);
  await eventually(() => /there is no socket/.test(editor.statusItem.tooltip));
  editor.configure('reeve.socketPath', daemon.path);
  await connected(editor);
  assert.equal(daemon.connections, before + 1);
});
