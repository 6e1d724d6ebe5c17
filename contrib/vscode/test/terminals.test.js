// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { FakeError } = require('./stub/fake-daemon');
const { hosting, isAlive, opened, opening } = require('./stub/opening');
const { connected, disconnected, scene } = require('./stub/scene');
const { eventually } = require('./stub/waiting');

describe('the host', () => {
  test('registers with the window, its workspace and the editor', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const [params] = daemon.asked('host.register');
    assert.deepEqual(
      { ...params, window: '' },
      { kind: 'vscode', window: '', title: 'project', version: '1.93.0', capabilities: ['focus', 'sendKey', 'split'] },
    );
    assert.match(params.window, /^[0-9a-f-]{36}$/);
    daemon.kick();
    await disconnected(editor);
    await connected(editor);
    await editor.reload();
    await connected(editor);
    const all = daemon.asked('host.register').map(({ window }) => window);
    assert.deepEqual(all, [params.window, params.window, params.window]);
    assert.deepEqual(daemon.asked('host.unregister'), [{ host: 'host-1' }]);
    assert.deepEqual(daemon.violations, []);
  });

  test('is not needed: with a daemon that has no such method the rest works, and the status bar says so', async (t) => {
    const { daemon, editor } = await scene(t);
    assert.match(editor.statusItem.tooltip, /cannot host terminals/);
    assert.equal((await daemon.call('open', opening())).error.data.kind, 'not_found');
    assert.deepEqual(editor.terminals, []);
    await editor.stop();
    assert.deepEqual(daemon.asked('host.unregister'), []);
  });

  test('that is refused for another reason costs nothing else', async (t) => {
    const { editor } = await scene(t, {
      prepare: (d) => {
        d.methods['host.register'] = () => {
          throw new FakeError('conflict', 'another window has this id');
        };
      },
    });
    assert.match(editor.statusItem.tooltip, /another window has this id/);
  });

  test('is offered in a workspace only once it is trusted', async (t) => {
    const { daemon, editor } = await scene(t, { ...hosting, isTrusted: false });
    assert.deepEqual(daemon.asked('host.register'), []);
    assert.equal((await daemon.call('open', opening())).error.data.kind, 'not_found');
    editor.trust();
    await eventually(() => daemon.asked('host.register').length === 1);
  });

  test('is not offered when a person does not want it', async (t) => {
    const { daemon, editor } = await scene(t, { ...hosting, settings: { 'reeve.hostTerminals': false } });
    assert.deepEqual(daemon.asked('host.register'), []);
    assert.match(editor.statusItem.tooltip, /not offered/);
  });

  test('answers a call that stands right behind the answer to its registration', async (t) => {
    /** @type {any[]} */
    const answers = [];
    await scene(t, {
      prepare: (d) => {
        const write = d.hostsEditors().write.bind(d);
        d.write = (socket, message) => {
          if (/** @type {any} */ (message).result?.host === undefined) return write(socket, message);
          const call = { jsonrpc: '2.0', id: 'h-early', method: 'host.call', params: { host: 'host-1', operation: 'list' } };
          socket.write(`${JSON.stringify(message)}\n${JSON.stringify(call)}\n`);
        };
        d.calls.set('h-early', (answer) => answers.push(answer));
      },
    });
    await eventually(() => answers.length === 1);
    assert.deepEqual(answers[0].result, { terminals: [] });
  });
});

describe('open', () => {
  test('starts the command as the terminal\'s program in its directory, and does not take the focus', async (t) => {
    const { daemon, editor, directory } = await scene(t, hosting);
    const script = 'printf "%s|%s|%s|%s\\n" "$PWD" "$REEVE_TICKET" "$0" "$1"; test -t 0 && echo terminal; exec cat';
    const { terminal, pid } = await opened(daemon, { command: ['/bin/sh', '-c', script, 'a b', '"$(x)"'], directory });
    const [one] = editor.terminals;
    assert.match(terminal, /^[0-9a-f-]{36}$/);
    assert.equal(pid, await one.processId);
    assert.ok(isAlive(pid));
    await eventually(() => one.process?.output.includes('terminal'));
    assert.ok(one.process?.output.startsWith(`${directory}|FEAT-1|a b|"$(x)"\r\n`), one.process?.output);
    assert.equal(one.name, 'op-FEAT-1');
    assert.equal(one.options.strictEnv, false);
    assert.equal(one.options.iconPath.id, 'sparkle');
    assert.equal(one.options.color.id, 'terminal.ansiCyan');
    assert.equal(editor.activeTerminal, one);
    assert.equal(editor.hasTerminalFocus, false);
  });

  for (const [type, icon, colour] of [
    ['FIX', 'wrench', 'terminal.ansiRed'],
    ['OWN', 'terminal', undefined],
    ['constructor', 'terminal', undefined],
    [undefined, 'terminal', undefined],
  ]) {
    test(`shows type ${type} as ${icon}`, async (t) => {
      const { daemon, editor } = await scene(t, hosting);
      await opened(daemon, { ticketType: type });
      assert.equal(editor.terminals[0].options.iconPath.id, icon);
      assert.equal(editor.terminals[0].options.color?.id, colour);
    });
  }

  test('of a session whose terminal lives is that terminal, also when both are asked for at once', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const [first, second] = await Promise.all([opened(daemon), opened(daemon)]);
    const third = await opened(daemon);
    assert.deepEqual([second, third], [first, first]);
    assert.equal(editor.terminals.length, 1);
    const other = await opened(daemon, { session: 'S-2' });
    assert.notEqual(other.terminal, first.terminal);
    editor.closeByPerson(editor.terminals[0]);
    await eventually(() => daemon.asked('host.report').some(({ event }) => event === 'closed'));
    assert.notEqual((await opened(daemon)).terminal, first.terminal);
  });

  test('of a program that is not there is an end without a code', async (t) => {
    const { daemon } = await scene(t, hosting);
    const answer = await daemon.call('open', opening({ command: ['/no/such/program'] }));
    const closed = await eventually(() => daemon.asked('host.report').find(({ event }) => event === 'closed'));
    assert.equal('code' in closed, false);
    if (answer.error) assert.equal(answer.error.data.kind, 'unavailable');
    else assert.deepEqual(Object.keys(answer.result), ['terminal']);
  });

  test('does not wait for a pid for ever', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    editor.processIdsNeverCome = true;
    const start = Date.now();
    const { terminal, pid } = await opened(daemon);
    assert.ok(Date.now() - start >= 4900);
    assert.ok(terminal);
    assert.equal(pid, undefined);
  });

  for (const [what, members] of /** @type {[string, any][]} */ ([
    ['no command', { command: [] }],
    ['a command that is a string', { command: '/bin/cat' }],
    ['a word that is a number', { command: ['/bin/cat', 1] }],
    ['NUL in a word', { command: ['/bin/cat', 'a\0b'] }],
    ['NUL in the environment', { environment: { A: 'a\0' } }],
    ['an environment of numbers', { environment: { A: 1 } }],
    ['an environment that is a list', { environment: ['A'] }],
    ['a relative directory', { directory: 'here' }],
    ['no directory', { directory: undefined }],
    ['no session', { session: '' }],
    ['a name that is a number', { name: 7 }],
  ])) {
    test(`with ${what} is refused`, async (t) => {
      const { daemon, editor } = await scene(t, hosting);
      const { error } = await daemon.call('open', opening(members));
      assert.equal(error.data.kind, 'invalid_params');
      assert.equal(error.code, -32602);
      assert.deepEqual(editor.terminals, []);
    });
  }

  test('strips what is not to be seen from the name', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    await opened(daemon, { name: 'op-A\u202Egnp\u001b]0;x\u0007' });
    assert.equal(editor.terminals[0].name, 'op-Agnp]0;x');
  });
});

describe('type', () => {
  test('types the bytes as they are and executes nothing', async (t) => {
    const { daemon, editor, directory } = await scene(t, hosting);
    const file = path.join(directory, 'typed');
    // Raw: what is typed arrives as it is, Ctrl+C as a letter.
    const script = `stty raw -echo; echo ready; head -c 23 >"$0"; echo over; sleep 100`;
    const { terminal } = await opened(daemon, { command: ['/bin/sh', '-c', script, file] });
    await eventually(() => editor.terminals[0].process?.output.includes('ready'));
    const text = '\u001b[200~käse€\u001b[201~\r\u0003\u0004';
    assert.equal(Buffer.byteLength(text), 23);
    // In two pieces: an Enter of the editor's own would stand between them.
    assert.deepEqual((await daemon.call('type', { terminal, text: text.slice(0, 8) })).result, {});
    assert.deepEqual((await daemon.call('type', { terminal, text: text.slice(8) })).result, {});
    await eventually(() => editor.terminals[0].process?.output.includes('over'));
    assert.equal(fs.readFileSync(file, 'utf8'), text);
  });

  test('cannot type a line feed: the editor makes it Enter', async (t) => {
    const { daemon, editor, directory } = await scene(t, hosting);
    const file = path.join(directory, 'typed');
    const { terminal } = await opened(
      daemon,
      { command: ['/bin/sh', '-c', 'stty raw -echo; echo ready; head -c 3 >"$0"; echo over; sleep 100', file] },
    );
    await eventually(() => editor.terminals[0].process?.output.includes('ready'));
    await daemon.call('type', { terminal, text: 'a\nb' });
    await eventually(() => editor.terminals[0].process?.output.includes('over'));
    assert.equal(fs.readFileSync(file, 'utf8'), 'a\rb');
  });

  test('into a terminal that is not there, or of no text, is refused', async (t) => {
    const { daemon } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    assert.deepEqual((await daemon.call('type', { terminal: 'x', text: 'y' })).error.data, { kind: 'not_found' });
    assert.equal((await daemon.call('type', { terminal })).error.data.kind, 'invalid_params');
    assert.equal((await daemon.call('type', { text: 'y' })).error.data.kind, 'invalid_params');
  });
});

describe('split', () => {
  test('opens the person\'s shell beside the agent, and leaves in front what is in front', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    const { result } = await daemon.call('split', { terminal, direction: 'horizontal' });
    assert.match(result.terminal, /^[0-9a-f-]{36}$/);
    assert.notEqual(result.terminal, terminal);
    const [agent, beside] = editor.terminals;
    assert.equal(beside.options.location.parentTerminal, agent);
    assert.equal(beside.options.shellPath, undefined);
    assert.equal(editor.activeTerminal, agent);
    assert.equal(editor.hasTerminalFocus, false);
    // Not one of the daemon's: only counted.
    const { terminals } = (await daemon.call('list')).result;
    assert.deepEqual(terminals.map((/** @type {any} */ one) => [one.terminal, one.isVisible, one.beside]), [[terminal, true, 1]]);
    assert.equal((await daemon.call('type', { terminal: result.terminal, text: 'x' })).error.data.kind, 'not_found');
  });

  test('does not bring an agent to the front that is not there', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    await opened(daemon, { session: 'S-2' });
    await daemon.call('split', { terminal });
    assert.equal(editor.activeTerminal, editor.terminals[1]);
  });

  test('is undone by a person who closes the shell, and by the end of the agent\'s terminal', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    await daemon.call('split', { terminal });
    editor.closeByPerson(editor.terminals[1]);
    await eventually(() => editor.terminals.length === 1);
    assert.equal((await daemon.call('list')).result.terminals[0].beside, undefined);
    // It is no end of a terminal of the daemon's.
    assert.deepEqual(daemon.asked('host.report').filter(({ event }) => event === 'closed'), []);
    await daemon.call('split', { terminal });
    await daemon.call('close', { terminal });
    await eventually(() => editor.terminals.length === 0);
  });

  test('makes whoever works in the shell one who looks at the agent', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    await daemon.call('split', { terminal });
    const isVisible = async () => (await daemon.call('list')).result.terminals[0].isVisible;
    editor.terminals[1].show();
    assert.equal(await isVisible(), true);
    editor.createTerminal({ name: 'mine', shellPath: '/bin/cat' }).show();
    assert.equal(await isVisible(), false);
  });

  for (const [how, end] of /** @type {[string, (call: Function, terminal: string) => Promise<any>][]} */ ([
    ['ends by itself', (call, terminal) => call('type', { terminal, text: '\r' })],
    ['is closed by the daemon', (call, terminal) => call('close', { terminal })],
  ])) {
    test(`goes with an agent's terminal that ${how}, except for the shell that the person is in`, async (t) => {
      const { daemon, editor } = await scene(t, hosting);
      const { terminal } = await opened(daemon, { command: ['/bin/sh', '-c', 'read line'] });
      await daemon.call('split', { terminal });
      await daemon.call('split', { terminal });
      const [, , taken] = editor.terminals;
      taken.show();
      await end(daemon.call.bind(daemon), terminal);
      await eventually(() => editor.terminals.length === 1);
      assert.deepEqual(editor.terminals, [taken]);
      assert.equal((await daemon.call('close', { terminal })).error.data.kind, 'not_found');
    });
  }

  test('of a terminal that is not there is refused', async (t) => {
    const { daemon } = await scene(t, hosting);
    assert.equal((await daemon.call('split', { terminal: 'x' })).error.data.kind, 'not_found');
    assert.equal((await daemon.call('split', {})).error.data.kind, 'invalid_params');
  });
});

describe('show, close and list', () => {
  test('show takes the focus only when it is to', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(daemon);
    const other = await opened(daemon, { session: 'S-2' });
    assert.deepEqual((await daemon.call('show', { terminal, focus: false })).result, {});
    assert.equal(editor.hasTerminalFocus, false);
    await daemon.call('show', { terminal: other.terminal, focus: true });
    assert.equal(editor.hasTerminalFocus, true);
    await eventually(() => daemon.asked('host.report').length === 4);
    assert.deepEqual(
      daemon.asked('host.report').map((report) => [report.host, report.terminal, report.event]),
      [terminal, other.terminal, terminal, other.terminal].map((id) => ['host-1', id, 'shown']),
    );
  });

  test('close answers when the terminal has gone, and its program with it', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal, pid } = await opened(daemon);
    assert.deepEqual((await daemon.call('close', { terminal })).result, {});
    assert.deepEqual(editor.terminals, []);
    assert.equal(isAlive(pid), false);
    const report = await eventually(() => daemon.asked('host.report').find(({ event }) => event === 'closed'));
    assert.deepEqual(report, { host: 'host-1', terminal, event: 'closed' });
    assert.equal((await daemon.call('close', { terminal })).error.data.kind, 'not_found');
  });

  test('close of a program that does not go is a timeout after five seconds', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    const { terminal } = await opened(
      daemon,
      { command: ['/bin/sh', '-c', 'trap "" HUP; echo ready; while :; do sleep 1; done'] },
    );
    await eventually(() => editor.terminals[0].process?.output.includes('ready'));
    // An editor that is stuck: the end is not told.
    editor.terminals[0].over = () => {};
    const { error } = await daemon.call('close', { terminal });
    assert.equal(error.data.kind, 'timeout');
    assert.equal(error.code, -32005);
  });

  test('list has the terminals of ours, and no others', async (t) => {
    const { daemon, editor } = await scene(t, hosting);
    editor.createTerminal({ name: 'op-mine', shellPath: '/bin/cat' });
    const first = await opened(daemon);
    const second = await opened(daemon, { session: 'S-2', name: 'op-FIX-2' });
    const { terminals } = (await daemon.call('list')).result;
    assert.deepEqual(terminals, [
      { terminal: first.terminal, session: 'S-1', name: 'op-FEAT-1', pid: first.pid, isVisible: false },
      { terminal: second.terminal, session: 'S-2', name: 'op-FIX-2', pid: second.pid, isVisible: true },
    ]);
  });

  test('of another host, and operations that nobody knows, are refused', async (t) => {
    const { daemon } = await scene(t, hosting);
    assert.equal((await daemon.callMethod('host.call', { host: 'host-2', operation: 'list' })).error.data.kind, 'not_found');
    for (const operation of ['dance', '__proto__', 7, undefined]) {
      assert.equal((await daemon.callMethod('host.call', { host: 'host-1', operation })).error.data.kind, 'unknown_method');
    }
  });
});
