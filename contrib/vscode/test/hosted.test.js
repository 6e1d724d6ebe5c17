// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { StubEditor } = require('./stub/editor');
const { BIN, realDaemon } = require('./stub/real-daemon');
const { connected } = require('./stub/scene');
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
agent = "coder"
review = "plan"
prompt = "Code {{ id }}. {{ report_instructions }}"
`;

/** A daemon whose sessions are terminals of the window that connects to it. @param {import('node:test').TestContext} t */
async function hosting(t) {
  const daemon = await realDaemon(t, { FEAT: FEATURE }, 'vscode');
  const editor = new StubEditor({ settings: { 'reeve.socketPath': daemon.socket } });
  atEnd(t, () => editor.quit());
  await editor.start();
  await connected(editor);
  const isUp = async () => (await daemon.reeve('status', '--json')).includes('"state":"up"');
  await eventually(isUp, 'the window is a backend', 30_000);
  return { daemon, editor };
}

describe('terminals for the real daemon', { skip: !BIN && 'REEVE_BIN names no folder with reeved' }, () => {
  test('a ticket of two steps is planned, rejected, approved, handed to another agent and done in one terminal', async (t) => {
    const { daemon, editor } = await hosting(t);
    await daemon.reeve('add', 'A feature', '--id', 'F-1', '--type', 'FEAT');
    await eventually(async () => (await daemon.state('F-1')) === 'review', 'the plan waits', 60_000);
    const open = () => editor.terminals.filter((/** @type {any} */ { name }) => name.startsWith('op-'));
    assert.deepEqual(open().map((/** @type {any} */ { name }) => name), ['op-F-1']);
    const [terminal] = open();
    await daemon.reeve('reject', 'F-1', '--reason', 'say more');
    // Opened, rejected, opened again.
    const reviews = async () => (await daemon.reeve('events', '--since', '0')).match(/ agent\.review /g)?.length ?? 0;
    await eventually(async () => (await reviews()) >= 3, 'the next plan is there', 60_000);
    await eventually(async () => (await daemon.state('F-1')) === 'review', 'the plan waits again', 60_000);
    await daemon.reeve('approve', 'F-1');
    await eventually(async () => /coder/.test(await daemon.reeve('agents')), 'the coder has it', 60_000);
    await eventually(async () => (await daemon.state('F-1')) === 'review', 'the code waits', 60_000);
    await daemon.reeve('approve', 'F-1');
    await eventually(async () => (await daemon.state('F-1')) === 'done', 'it is done', 60_000);
    assert.deepEqual(open(), [terminal]);
  });

  test('what an editor cannot do is unsupported, with the reason; focus shows the terminal, and so does attach', async (t) => {
    const { daemon, editor } = await hosting(t);
    await daemon.reeve('add', 'Talk', '--id', 'TALK');
    await eventually(async () => (await daemon.state('TALK')) === 'running', 'it runs', 60_000);
    await eventually(async () => !(await daemon.reeve('preview', 'TALK', '--json')).includes('still being made'));
    assert.match(await daemon.reeve('preview', 'TALK', '--json'), /"unsupported".*|unsupported/);
    // It runs before it reads, and nobody can look at its screen.
    await eventually(async () => /delivered \(read\)/.test(await daemon.reeve('send', 'TALK', 'hello')), 'it takes text', 60_000);
    await daemon.reeve('focus', 'TALK');
    await eventually(() => editor.activeTerminal?.name === 'op-TALK', 'it is shown');
    editor.createTerminal({ name: 'mine', shellPath: '/bin/cat' }).show();
    assert.match(await daemon.reeve('attach', 'TALK'), /in front in its own window/);
    await eventually(() => editor.activeTerminal?.name === 'op-TALK', 'it is shown again');
    await daemon.reeve('session', 'split', 'op-TALK');
    await eventually(() => editor.terminals.length === 3, 'a shell is beside it');
    assert.equal(editor.activeTerminal?.name, 'op-TALK');
    editor.closeByPerson(editor.terminals.find((/** @type {any} */ { name }) => name === 'mine'));
    await daemon.reeve('cancel', 'TALK');
    await eventually(() => editor.terminals.length === 0, 'its terminal is closed', 60_000);
  });

  test('the daemon is killed; the next one finds the agent in its terminal', async (t) => {
    const { daemon, editor } = await hosting(t);
    await daemon.reeve('add', 'Talk', '--id', 'TALK');
    await eventually(async () => (await daemon.state('TALK')) === 'running', 'it runs', 60_000);
    let before = '';
    await eventually(async () => / \d+ +op-TALK/.test((before = await daemon.reeve('agents'))), 'it has a process', 60_000);
    await daemon.stop('SIGKILL');
    await daemon.start();
    await connected(editor);
    const takesText = async () => (await daemon.reeve('send', 'TALK', 'still there')).includes('delivered');
    await eventually(takesText, 'it takes text', 60_000);
    const pid = /TALK\s+talker\s+\S+\s+(\d+)/.exec(before)?.[1];
    assert.ok(pid && (await daemon.reeve('agents')).includes(pid), before);
    assert.equal(editor.terminals.length, 1);
  });
});
