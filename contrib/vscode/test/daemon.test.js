// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { StubEditor } = require('./stub/editor');
const { BIN, realDaemon } = require('./stub/real-daemon');
const { connected, disconnected } = require('./stub/scene');
const { atEnd, eventually } = require('./stub/waiting');

const FEATURE = `
name = "FEAT"
agent = "planner"
[[steps]]
name = "plan"
review = "plan"
prompt = "Plan {{ id }}. {{ report_instructions }}"
[[steps]]
name = "code"
review = "plan"
prompt = "Code {{ id }}. {{ report_instructions }}"
`;

/**
 * @param {import('node:test').TestContext} t
 * @param {Record<string, string>} [types]
 */
async function window(t, types) {
  const daemon = await realDaemon(t, types);
  const editor = new StubEditor({ settings: { 'reeve.socketPath': daemon.socket } });
  atEnd(t, () => editor.quit());
  await editor.start();
  await connected(editor);
  return { daemon, editor };
}

/** @param {StubEditor} editor @param {string} id */
function item(editor, id) {
  return editor.tree().find((/** @type {any} */ { node }) => node.ticketId === id)?.item;
}

/** @param {StubEditor} editor @param {string} id @param {RegExp} words */
function shows(editor, id, words) {
  return eventually(() => words.test(item(editor, id)?.description ?? ''), `${id} is shown as ${words}`, 30_000);
}

/** @param {StubEditor} editor */
function sequence(editor) {
  return editor.log.filter((line) => line.startsWith('trace event ')).map((line) => Number(line.split(' ')[2]));
}

/** @param {StubEditor} editor */
function complaints(editor) {
  return editor.messages.filter(({ level }) => level === 'error').map(({ text }) => text);
}

describe('with the real daemon', { skip: !BIN && 'REEVE_BIN names no folder with reeved' }, () => {
  test('tickets come, run and finish in the tree, without a refresh', async (t) => {
    const { daemon, editor } = await window(t);
    assert.deepEqual(editor.tree(), []);
    assert.match(editor.statusItem.tooltip, /^reeved \d/);
    await daemon.reeve('add', 'Write the parser', '--id', 'PARSER', '--agent', 'worker');
    await daemon.reeve('add', 'Talk', '--id', 'TALK');
    await shows(editor, 'PARSER', /^done/);
    await shows(editor, 'TALK', /^(running|idle|tool)/);
    assert.deepEqual(editor.tree().map((/** @type {any} */ { node }) => node.ticketId), ['TALK', 'PARSER']);
    assert.equal(editor.tree()[0].children[0].item.label, 'talker');
    await daemon.reeve('meta', 'status', '--ticket', 'TALK', 'at it');
    await shows(editor, 'TALK', /at it/);
    const seen = editor.tree().map((/** @type {any} */ { item: shown }) => [shown.id, shown.label, shown.description]);
    await editor.run('reeve.refresh');
    assert.deepEqual(editor.tree().map((/** @type {any} */ { item: shown }) => [shown.id, shown.label, shown.description]), seen);
    assert.deepEqual(complaints(editor), []);
  });

  test('the queue is paused, a ticket waits, is launched only after the queue is resumed', async (t) => {
    const { daemon, editor } = await window(t);
    await editor.run('reeve.pauseQueue');
    assert.match(await daemon.reeve('status', '--json'), /"paused":true/);
    await eventually(() => editor.contexts.get('reeve.paused') === true);
    await daemon.reeve('add', 'x', '--id', 'A');
    await shows(editor, 'A', /^queued/);
    await editor.run('reeve.launchTicket', { ticketId: 'A' });
    assert.equal(complaints(editor).length, 1);
    await editor.run('reeve.resumeQueue');
    await shows(editor, 'A', /^(running|idle|tool)/);
    assert.match(await daemon.reeve('status', '--json'), /"paused":false/);
    await eventually(() => editor.contexts.get('reeve.paused') === false);
  });

  test('a review is rejected with a reason, then approved, then the next one, and the ticket is done', async (t) => {
    const { daemon, editor } = await window(t, { FEAT: FEATURE });
    await daemon.reeve('add', 'Log in', '--type', 'FEAT', '--id', 'F');
    await shows(editor, 'F', /^review · plan/);
    assert.deepEqual(editor.view.badge, { value: 1, tooltip: '1 needs you' });
    editor.onInput = () => 'the tests are missing';
    await editor.run('reeve.rejectReview');
    assert.deepEqual(complaints(editor), []);
    await eventually(
      async () => (await daemon.reeve('steps', 'F', '-q')).includes('2 plan review'),
      'the plan is there again',
      30_000,
    );
    assert.match(await daemon.reeve('steps', 'F'), /the tests are missing/);
    await shows(editor, 'F', /^review · plan/);
    await editor.run('reeve.approveReview', { ticketId: 'F' });
    await shows(editor, 'F', /^review · code/);
    await editor.run('reeve.approveReview', { ticketId: 'F' });
    await shows(editor, 'F', /^done/);
    assert.equal(await daemon.state('F'), 'done');
    assert.deepEqual(
      (await daemon.reeve('steps', 'F', '-q')).trim().split('\n'),
      ['1 plan rejected', '2 plan approved', '3 code approved'],
    );
    await editor.run('reeve.approveReview', { ticketId: 'F' });
    assert.equal(complaints(editor).length, 1);
    assert.equal(editor.view.badge, undefined);
  });

  test('an agent is previewed, typed to, switched and looked at', async (t) => {
    const { daemon, editor } = await window(t);
    await daemon.reeve('add', 'Talk', '--id', 'TALK');
    await daemon.reeve('wait', 'TALK', '--until', 'running', '--timeout', '30s');
    const atPrompt = async () => (await daemon.reeve('preview', 'TALK')).trimEnd().endsWith('>');
    await eventually(atPrompt, 'the agent is at its prompt', 60_000);
    await shows(editor, 'TALK', /^(running|idle|tool)/);
    editor.activeTextEditor = { selections: [0], document: { getText: () => 'the selected lines' } };
    await editor.run('reeve.sendSelection');
    assert.deepEqual(complaints(editor), []);
    await eventually(async () => (await daemon.reeve('preview', 'TALK')).includes('the selected lines'));
    await editor.run('reeve.previewAgent', { ticketId: 'TALK' });
    assert.ok(editor.documents[0].text.includes('the selected lines'));
    await editor.run('reeve.focusAgent', { ticketId: 'TALK' });
    assert.deepEqual(complaints(editor), []);
    await eventually(
      () => editor.terminals[0]?.process?.output.includes('the selected lines'),
      'the session is shown in a terminal',
    );
    editor.onPick = (items) => items.find(({ name }) => name === 'worker');
    await editor.run('reeve.switchAgent', { ticketId: 'TALK' });
    assert.deepEqual(complaints(editor), []);
    await shows(editor, 'TALK', /^done/);
    assert.match(editor.statusMessages.at(-1) ?? '', /talker → worker by exit/);
  });

  test('an agent that asks something is not typed to unless a person insists', async (t) => {
    const { daemon, editor } = await window(t);
    const ASK = 'ASK';
    await daemon.reeve('add', 'x', '--id', ASK, '--agent', 'asker');
    await shows(editor, ASK, /^waiting/);
    assert.equal(editor.view.badge.value, 1);
    editor.activeTextEditor = { selections: [0], document: { getText: () => 'y' } };
    await editor.run('reeve.sendSelection');
    assert.deepEqual(editor.messages.map(({ level, buttons }) => [level, buttons]), [['warning', ['Send Anyway']]]);
    await shows(editor, ASK, /^waiting/);
    editor.onMessage = (_text, [button]) => button;
    await editor.run('reeve.sendSelection');
    assert.deepEqual(complaints(editor), []);
    // It works on for a moment and is done: on a busy machine only that is seen.
    await shows(editor, ASK, /^(running|tool|done)/);
  });

  test('what the daemon does not have is said in words', async (t) => {
    const { editor } = await window(t);
    await editor.run('reeve.syncKanban');
    if (complaints(editor).length > 0) assert.deepEqual(complaints(editor), ['Reeve: This reeved has no kanban sync.']);
    else assert.match(editor.statusMessages[0], /synced/);
  });

  test('killed again and again, the daemon is found again and no event is missed or told twice', async (t) => {
    const { daemon, editor } = await window(t);
    for (let round = 1; round <= 4; round += 1) {
      await daemon.reeve('add', 'x', '--id', `W-${round}`, '--agent', 'worker');
      // In the middle of whatever it is doing.
      await daemon.stop('SIGKILL');
      await disconnected(editor);
      // What happens before the window is back is told to it as well.
      await daemon.start();
      await daemon.reeve('add', 'x', '--id', `A-${round}`, '--agent', 'worker');
      await connected(editor);
      // The window may have read its picture a moment before the ticket was there: the event comes after it.
      await eventually(() => editor.tree().length === round * 2, `${round * 2} tickets are shown`);
    }
    for (let round = 1; round <= 4; round += 1) {
      await eventually(
        async () => ['done', 'lost', 'failed'].includes(await daemon.state(`W-${round}`)),
        `W-${round} is over`,
        30_000,
      );
      await shows(editor, `A-${round}`, /^done/);
    }
    const { cursor } = JSON.parse(await daemon.reeve('status', '--json'));
    await eventually(() => (sequence(editor).at(-1) ?? 0) >= cursor, 'all events have come');
    const seen = sequence(editor);
    assert.deepEqual(seen, Array.from({ length: seen.length }, (_, index) => seen[0] + index));
    assert.ok(seen[0] <= 3, `the first event was ${seen[0]}`);
    assert.ok(!editor.log.some((line) => line.includes('did not come') || line.includes('cannot be had')));
    assert.ok(editor.tree().length === 8);
  });

  test('a reload of the window goes on where the last one ended', async (t) => {
    const { daemon, editor } = await window(t);
    await daemon.reeve('add', 'x', '--id', 'A', '--agent', 'worker');
    await shows(editor, 'A', /^done/);
    const last = /** @type {number} */ (sequence(editor).at(-1));
    await editor.stop();
    await daemon.reeve('add', 'x', '--id', 'B', '--agent', 'worker');
    await daemon.reeve('wait', 'B', '--until', 'done', '--timeout', '30s');
    await editor.reload();
    await connected(editor);
    await eventually(() => sequence(editor).length > 3);
    assert.equal(sequence(editor)[0], last + 1);
    await shows(editor, 'B', /^done/);
  });

  test('strangers\' titles are shown as text', async (t) => {
    const { daemon, editor } = await window(t);
    await editor.run('reeve.pauseQueue');
    await daemon.reeve('add', '$(trash) \u202Egnp [x](command:y)', '--id', 'A');
    await shows(editor, 'A', /^queued/);
    assert.equal(item(editor, 'A').label, 'A  $ (trash) gnp [x] (command:y)');
  });
});
