// @ts-check
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');
const { BackOff } = require('../src/back-off');
const { Board } = require('../src/board');
const { CursorStore } = require('../src/cursor-store');
const { inert, inertLines } = require('../src/inert-text');
const { LineDecoder, encodeLine, LONGEST_LINE } = require('../src/line-codec');
const { ProtocolError } = require('../src/protocol-error');
const { socketPath } = require('../src/socket-path');
const { stateOf, look, rank } = require('../src/urgency');
const { agent, ticket } = require('./stub/scene');

describe('lines', () => {
  /** @param {number} [longest] */
  function decoder(longest) {
    /** @type {string[]} */
    const lines = [];
    /** @type {string[]} */
    const skipped = [];
    return { lines, skipped, it: new LineDecoder((line) => lines.push(line), (head) => skipped.push(head), longest) };
  }

  test('are the same however the bytes are cut, letters of many bytes too', () => {
    const bytes = Buffer.from('{"a":"ä€😀"}\n\nsecond\r\nlast');
    for (let size = 1; size <= bytes.length; size += 1) {
      const { lines, it } = decoder();
      for (let at = 0; at < bytes.length; at += size) it.push(bytes.subarray(at, at + size));
      assert.deepEqual(lines, ['{"a":"ä€😀"}', 'second\r']);
    }
  });

  test('of exactly the longest length are taken, of one byte more are skipped once, and the next one is read', () => {
    for (const size of [1, 7, 100]) {
      const { lines, skipped, it } = decoder(10);
      const bytes = Buffer.from(`${'a'.repeat(9)}\n${'b'.repeat(10)}\n${'c'.repeat(25)}\nd\n`);
      for (let at = 0; at < bytes.length; at += size) it.push(bytes.subarray(at, at + size));
      assert.deepEqual(lines, ['a'.repeat(9), 'd']);
      assert.equal(skipped.length, 2);
      assert.match(skipped[0], /^b+$/);
    }
  });

  test('that never end are not kept', () => {
    const { skipped, it } = decoder();
    for (let count = 0; count < 40; count += 1) it.push(Buffer.alloc(64 * 1024, 'x'));
    assert.equal(skipped.length, 1);
    assert.deepEqual(it.parts, []);
  });

  test('to the daemon are refused when they are too long', () => {
    assert.equal(encodeLine({ text: 'x'.repeat(LONGEST_LINE) }), undefined);
    assert.equal(encodeLine({ text: 'a\nb' })?.toString(), '{"text":"a\\nb"}\n');
  });
});

test('the pauses between attempts double from 0.2 s to 10 s, half of each is chance, and a good connection resets them', () => {
  const longest = new BackOff(() => 1);
  assert.deepEqual(Array.from({ length: 8 }, () => longest.next()), [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  const shortest = new BackOff(() => 0);
  assert.deepEqual([shortest.next(), shortest.next()], [100, 200]);
  shortest.reset();
  assert.equal(shortest.next(), 100);
  for (let count = 0; count < 5000; count += 1) longest.next();
  assert.equal(longest.next(), 10_000);
});

describe('what tickets say', () => {
  for (const [what, text, shown] of /** @type {[string, unknown, string][]} */ ([
    ['an escape sequence', '\u001b[31mred\u001b]0;title\u0007', '[31mred]0;title'],
    ['line breaks and tabs', 'a\r\nb\tc', 'a b c'],
    ['marks of direction', 'a\u202Eb\u2066c\u200Fd\u061Ce', 'abcde'],
    ['zero-width and filling letters', 'a\u200Bb\u2060c\uFEFFd\u3164e', 'abcde'],
    ['tags', 'a\u{E0041}b', 'ab'],
    ['an icon', '$(trash) gone', '$ (trash) gone'],
    ['a link that runs a command', '[x](command:reeve.pauseQueue)', '[x] (command:reeve.pauseQueue)'],
    ['an icon in pieces', '$\u200B(trash)', '$ (trash)'],
    ['half of a pair', 'a\uD83Db', 'a\uFFFDb'],
    ['letters of the world', 'Käfer 日本語 שלום 😀', 'Käfer 日本語 שלום 😀'],
    ['no string', { toString: () => 'x' }, ''],
  ])) {
    test(`does nothing but be seen: ${what}`, () => assert.equal(inert(text), shown));
  }

  test('is cut where it is too long, between letters', () => {
    assert.equal(inert('😀'.repeat(600), 3), '😀😀…');
    assert.ok(inert('x'.repeat(1_000_000)).length <= 500);
  });

  test('keeps its lines in a document', () => assert.equal(inertLines('a\u001b[2J\n\u202Eb\tc\r\n'), 'a[2J\nb c\n'));
});

describe('the socket', () => {
  for (const [setting, environment, expected] of /** @type {[string, Record<string, string>, string | undefined][]} */ ([
    ['/s', { REEVE_SOCKET: '/e' }, '/s'],
    [' ', { REEVE_SOCKET: '/e', REEVE_RUNTIME_DIR: '/r', XDG_RUNTIME_DIR: '/x' }, '/e'],
    ['', { REEVE_RUNTIME_DIR: '/r', XDG_RUNTIME_DIR: '/x' }, '/r/control.sock'],
    ['', { XDG_RUNTIME_DIR: '/x' }, '/x/reeve/control.sock'],
    ['~/s', { HOME: '/home/me' }, '/home/me/s'],
    ['', {}, undefined],
  ])) {
    test(
      `of '${setting}' and ${JSON.stringify(environment)} is ${expected}`,
      () => assert.equal(socketPath(setting, environment), expected),
    );
  }
});

describe('the order', () => {
  for (const [ticketState, agentState, expected] of /** @type {[string | undefined, string | undefined, string][]} */ ([
    ['running', 'tool', 'tool'],
    ['running', 'waiting', 'waiting'],
    ['running', 'done', 'idle'],
    ['running', undefined, 'running'],
    ['review', 'done', 'review'],
    ['review', 'waiting', 'review'],
    ['queued', undefined, 'queued'],
    ['done', 'exited', 'done'],
    ['lost', 'lost', 'lost'],
    [undefined, 'running', 'running'],
    [undefined, undefined, 'unknown'],
  ])) {
    test(`of a ticket that is ${ticketState} with an agent that is ${agentState} is that of ${expected}`, () =>
      assert.equal(stateOf(ticketState, agentState), expected));
  }

  test('of a state from a later daemon is that of unknown, and it has an icon', () => {
    assert.equal(rank('dancing'), rank('unknown'));
    assert.equal(look('dancing').icon, 'question');
    assert.equal(look('__proto__').icon, 'question');
  });

  test('has those first that need a person, and finished ones last, the newest of them first', () => {
    const board = new Board();
    const tickets = [
      ticket({ id: 'done-old', state: 'done', createdAt: '2026-01-01' }),
      ticket({ id: 'done-new', state: 'done', createdAt: '2026-01-02' }),
      ticket({ id: 'queued-2', priority: 'P2' }),
      ticket({ id: 'queued-0', priority: 'P0' }),
      ticket({ id: 'runs', state: 'running' }),
      ticket({ id: 'lost', state: 'lost' }),
      ticket({ id: 'failed', state: 'failed' }),
      ticket({ id: 'review', state: 'review' }),
      ticket({ id: 'waits', state: 'running' }),
    ];
    board.reset(
      { status: { cursor: 1 }, tickets, agents: [agent({ ticket: 'waits', state: 'waiting' }), agent({ ticket: 'runs' })] },
    );
    assert.deepEqual(
      board.entries().map(({ id }) => id),
      ['waits', 'review', 'failed', 'lost', 'runs', 'queued-0', 'queued-2', 'done-new', 'done-old'],
    );
    assert.deepEqual(board.counts(), { needsYou: 2, running: 1, queued: 2, trouble: 0 });
  });
});

describe('the board', () => {
  /** @param {number} seq @param {string} kind @param {any} [data] @param {string} [about] */
  const event = (seq, kind, data = {}, about = 'A') => ({ seq, time: '', kind, ticket: about, data });

  test('follows events after its cursor, and no others', () => {
    const board = new Board();
    board.reset({ status: { cursor: 5, paused: false }, tickets: [ticket()], agents: [] });
    board.apply(event(5, 'ticket.updated', { ticket: ticket({ state: 'failed' }) }));
    assert.equal(board.entry('A')?.state, 'queued');
    board.apply(event(6, 'ticket.updated', { ticket: ticket({ state: 'running' }) }));
    board.apply(event(7, 'agent.state', { agent: agent({ state: 'waiting' }) }));
    assert.equal(board.entry('A')?.state, 'waiting');
    board.apply(event(8, 'session.closed', { session: 'op-other' }));
    assert.ok(board.agents.has('A'));
    board.apply(event(9, 'session.closed', { session: 'op-A' }));
    assert.ok(!board.agents.has('A'));
    board.apply(event(10, 'queue.paused'));
    assert.ok(board.isPaused);
    board.apply(event(11, 'ticket.removed'));
    assert.equal(board.entry('A'), undefined);
  });

  test('keeps what is told of a ticket when an event carries the ticket without it', () => {
    const board = new Board();
    board.reset({ status: { cursor: 0 }, tickets: [ticket()], agents: [] });
    board.apply(event(1, 'metadata.status', { status: { text: 'compiling', tone: 'info' } }));
    board.apply(event(2, 'ticket.updated', { ticket: ticket({ state: 'running' }) }));
    assert.equal(board.tickets.get('A')?.metadata?.status?.text, 'compiling');
    board.apply(event(3, 'metadata.cleared', { parts: ['status'] }));
    assert.equal(board.tickets.get('A')?.metadata?.status, undefined);
  });

  test('takes nothing that is no ticket or agent', () => {
    const board = new Board();
    const odd = [
      null,
      1,
      'A',
      [],
      {},
      { id: '../x', state: 'queued' },
      { id: 'A' },
      { id: 'A', state: 7 },
      { id: { length: 3 }, state: 'queued' },
    ];
    board.reset({ status: {}, tickets: odd, agents: odd });
    for (const data of odd) board.apply(event(board.cursor + 1, 'ticket.updated', { ticket: data }));
    const kinds = ['ticket.updated', 'agent.state', 'session.closed', 'metadata.status', 'metadata.cleared', 'ticket.removed'];
    for (const kind of kinds) {
      board.apply(event(board.cursor + 1, kind, {}));
    }
    assert.deepEqual(board.entries(), []);
  });

  test('does not grow with tickets that are finished', () => {
    const board = new Board();
    board.reset({ status: { cursor: 0 }, tickets: [ticket({ id: 'Q' })], agents: [] });
    for (let seq = 1; seq <= 1000; seq += 1) {
      const createdAt = new Date(seq * 1000).toISOString();
      board.apply(event(seq, 'ticket.finished', { ticket: ticket({ id: `T-${seq}`, state: 'done', createdAt }) }));
    }
    assert.equal(board.tickets.size, 301);
    assert.ok(board.tickets.has('T-1000') && board.tickets.has('Q') && !board.tickets.has('T-1'));
  });
});

test('cursors of twenty daemons are kept, written at most once for each pause', async () => {
  /** @type {any} */
  let stored;
  let writes = 0;
  /** @type {(() => void)[]} */
  const timers = [];
  const memory = {
    get: () => stored,
    update: async (/** @type {string} */ _key, /** @type {any} */ value) => void ((stored = value), (writes += 1)),
  };
  const clock = { setTimeout: (/** @type {() => void} */ action) => timers.push(action), clearTimeout: () => {} };
  const store = new CursorStore(memory, clock);
  for (let seq = 1; seq <= 100; seq += 1) store.write('d0', seq);
  assert.equal(writes, 0);
  assert.equal(store.read('d0'), 100);
  await store.flush();
  assert.equal(timers.length, 1);
  for (let daemon = 1; daemon <= 25; daemon += 1) store.write(`d${daemon}`, daemon);
  await store.flush();
  assert.equal(writes, 2);
  const again = new CursorStore(memory, clock);
  assert.equal(again.read('d25'), 25);
  assert.equal(again.read('d0'), undefined);
  stored = [['d', 'x'], 7, null, ['e', -1]];
  assert.equal(again.read('d'), undefined);
  assert.equal(again.read('e'), undefined);
});

test('an error of any shape is an error with words', () => {
  for (const odd of [undefined, null, 7, 'x', {}, { message: 1, data: 3 }, { data: { kind: 1, oldest: 'x' } }]) {
    const error = ProtocolError.of(odd);
    assert.equal(error.kind, 'internal');
    assert.ok(error.message);
    assert.equal(error.oldest, undefined);
  }
  assert.equal(ProtocolError.of({ message: 'm', data: { kind: 'cursor_expired', oldest: 7 } }).oldest, 7);
});
