// @ts-check
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { describe, test } = require('node:test');
const { DaemonConnection } = require('../src/daemon-connection');
const { ConnectionLost, NotConnected, ProtocolError } = require('../src/protocol-error');
const { FakeDaemon, FakeError } = require('./stub/fake-daemon');
const { atEnd, eventually, scratch } = require('./stub/waiting');

/**
 * @param {import('node:test').TestContext} test
 */
async function pair(test) {
  const daemon = new FakeDaemon(path.join(scratch(test), 'd.sock'));
  await daemon.start();
  /** @type {number[]} */
  const pauses = [];
  // Pauses between attempts are noted and cut short; the time that an answer may take is left as it is.
  const clock = {
    setTimeout: (/** @type {() => void} */ action, /** @type {number} */ milliseconds) => {
      if (milliseconds > 10_000) return setTimeout(action, milliseconds);
      pauses.push(milliseconds);
      return setTimeout(action, 1);
    },
    clearTimeout,
  };
  const connection = new DaemonConnection({ socketPath: () => daemon.path, random: () => 1, clock });
  /** @type {string[]} */
  const warnings = [];
  /** @type {string[]} */
  const losses = [];
  connection.on('warning', (sentence) => warnings.push(sentence));
  connection.on('lost', (why) => losses.push(why));
  atEnd(test, async () => {
    connection.stop();
    await daemon.stop();
  });
  return { daemon, connection, pauses, warnings, losses };
}

/** @param {DaemonConnection} connection */
async function open(connection) {
  connection.start();
  await eventually(() => connection.isOpen);
}

describe('the connection', () => {
  test('is strict JSON-RPC, and answers find their questions in any order', async (t) => {
    const { daemon, connection } = await pair(t);
    /** @type {(() => void)[]} */
    const later = [];
    daemon.methods.slow = ({ n }) => new Promise((resolve) => later.push(() => resolve({ n })));
    await open(connection);
    const answers = [1, 2, 3].map((n) => connection.request('slow', { n }));
    await eventually(() => later.length === 3);
    for (const answer of later.reverse()) answer();
    assert.deepEqual((await Promise.all(answers)).map(({ n }) => n), [1, 2, 3]);
    assert.deepEqual(daemon.violations, []);
  });

  test('is made again with longer and longer pauses, and quickly again once the daemon has proved good', async (t) => {
    const { daemon, connection, pauses } = await pair(t);
    await open(connection);
    await daemon.stop();
    await eventually(() => pauses.length >= 7);
    assert.deepEqual(pauses.slice(0, 7), [200, 400, 800, 1600, 3200, 6400, 10_000]);
    await daemon.start();
    const kicked = async () => {
      await eventually(() => daemon.sockets.length === 1);
      const before = daemon.connections;
      daemon.kick();
      await eventually(() => daemon.connections === before + 1);
    };
    await kicked();
    // Nobody has said that the daemon answers: one that accepts and hangs up is not asked ever faster.
    assert.equal(pauses.at(-1), 10_000);
    connection.settled();
    await kicked();
    assert.equal(pauses.at(-1), 200);
  });

  test('that is lost rejects what was asked, and refuses what is asked after, without asking', async (t) => {
    const { daemon, connection, losses } = await pair(t);
    daemon.methods.never = () => undefined;
    await open(connection);
    const answer = assert.rejects(connection.request('never'), ConnectionLost);
    await eventually(() => daemon.requests.length === 1);
    await daemon.stop();
    await answer;
    assert.equal(connection.pending.size, 0);
    await assert.rejects(connection.request('never'), NotConnected);
    await eventually(() => losses.length > 1);
    assert.equal(daemon.requests.length, 1);
  });

  test('that is stopped stays so', async (t) => {
    const { daemon, connection } = await pair(t);
    await open(connection);
    connection.stop();
    await eventually(() => daemon.sockets.length === 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(daemon.connections, 1);
  });

  test('says what the daemon says when it is full', async (t) => {
    const { daemon, connection, warnings } = await pair(t);
    await open(connection);
    daemon.raw('{"error":{"code":-32003,"message":"too many connections","data":{"kind":"busy"}}}\n');
    daemon.kick();
    await eventually(() => warnings.includes('reeved says: too many connections'));
  });

  test('gives an answer up after its time, and ignores it when it comes after all', async (t) => {
    const { daemon, connection, warnings } = await pair(t);
    daemon.methods.never = () => undefined;
    await open(connection);
    await assert.rejects(
      connection.request('never', {}, 20),
      (error) => error instanceof ProtocolError && error.kind === 'timeout',
    );
    daemon.raw(`{"jsonrpc":"2.0","id":1,"result":{}}\n`);
    await eventually(() => warnings.length === 1);
  });

  test('does not speak with a socket that is not there, or without a path', async (t) => {
    const places = /** @type {[string | undefined, RegExp][]} */ ([['/nonexistent/socket', /no socket/], [undefined, /is set/]]);
    for (const [place, why] of places) {
      const connection = new DaemonConnection({ socketPath: () => place });
      /** @type {string[]} */
      const losses = [];
      connection.on('lost', (sentence) => losses.push(sentence));
      connection.start();
      atEnd(t, () => connection.stop());
      assert.match(losses[0], why);
    }
  });

  test('passes the kind, hint and path of an error on', async (t) => {
    const { daemon, connection } = await pair(t);
    daemon.methods.wrong = () => {
      throw new FakeError('invalid_params', 'no', { path: '$.since', hint: 'do' });
    };
    await open(connection);
    await assert.rejects(connection.request('wrong'), { kind: 'invalid_params', path: '$.since', hint: 'do', message: 'no' });
  });
});

describe('hostile lines', () => {
  for (const [what, line] of /** @type {[string, string | Buffer][]} */ ([
    ['no JSON', '{"jsonrpc"\n'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
    ['a number', '7\n'],
    ['null', 'null\n'],
    ['an array', '[{"jsonrpc":"2.0","id":1,"result":{}}]\n'],
    ['an answer to nothing', '{"jsonrpc":"2.0","id":99,"result":{}}\n'],
    ['an answer to a name of all objects', '{"jsonrpc":"2.0","id":"__proto__","result":{}}\n'],
    ['an id of a strange type', '{"jsonrpc":"2.0","id":{"a":1},"method":"host.call","params":{}}\n'],
    ['a deep nest', `${'['.repeat(5000)}\n`],
    ['a polluting member', '{"jsonrpc":"2.0","method":"event","params":{"__proto__":{"seq":1}}}\n'],
    ['more than 1 MiB', `${'x'.repeat(1024 * 1024 + 10)}\n`],
    ['empty lines', '\n\r\n\n'],
  ])) {
    test(`do not harm: ${what}`, async (t) => {
      const { daemon, connection } = await pair(t);
      daemon.methods.echo = (params) => params;
      await open(connection);
      daemon.raw(line);
      assert.deepEqual(await connection.request('echo', { a: 1 }), { a: 1 });
      assert.equal(daemon.connections, 1);
      assert.equal(/** @type {any} */ ({}).seq, undefined);
    });
  }

  test('do not harm: a listener that fails', async (t) => {
    const { daemon, connection, warnings } = await pair(t);
    daemon.methods.echo = (params) => params;
    connection.on('notification', () => {
      throw new Error('broken');
    });
    await open(connection);
    daemon.event({ seq: 1, kind: 'x' });
    assert.deepEqual(await connection.request('echo', { a: 1 }), { a: 1 });
    assert.match(warnings[0], /broken/);
  });

  test('of more than 1 MiB end the request that they would have answered, at once', async (t) => {
    const { daemon, connection } = await pair(t);
    daemon.methods.much = () => ({ text: 'x'.repeat(1024 * 1024) });
    daemon.methods.justEnough = () => ({ text: 'x'.repeat(1024 * 1024 - 47) });
    await open(connection);
    await assert.rejects(connection.request('much'), { kind: 'too_large' });
    const { text } = await connection.request('justEnough');
    assert.equal(`{"jsonrpc":"2.0","id":2,"result":{"text":""}}\n`.length + text.length <= 1024 * 1024, true);
    await assert.rejects(connection.request('much', { text: 'y'.repeat(1024 * 1024) }), { kind: 'too_large' });
    assert.equal(daemon.requests.length, 2);
  });

  for (const result of ['7', 'null', '"x"', '[]']) {
    test(`answers whose result is ${result} are errors`, async (t) => {
      const { daemon, connection } = await pair(t);
      daemon.methods.never = () => undefined;
      await open(connection);
      const answer = assert.rejects(connection.request('never'), { kind: 'internal' });
      await eventually(() => daemon.requests.length === 1);
      daemon.raw(`{"jsonrpc":"2.0","id":1,"result":${result}}\n`);
      await answer;
    });
  }

  test('questions that nobody answers are refused in words', async (t) => {
    const { daemon, connection } = await pair(t);
    await open(connection);
    await eventually(() => daemon.sockets.length === 1);
    const answer = await daemon.callMethod('no.such', {});
    assert.equal(answer.error.data.kind, 'unknown_method');
    assert.equal(answer.error.code, -32601);
  });
});
