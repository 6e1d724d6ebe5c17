// @ts-check
'use strict';

const { EventEmitter } = require('node:events');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const vscode = require('vscode');
const { openParams, text } = require('./call-params');
const { inert } = require('./inert-text');
const { ProtocolError } = require('./protocol-error');
const { terminalLook } = require('./terminal-look');

/** How long a terminal's process may take to appear, and a closed terminal to go. */
const PATIENCE = 5000;

/**
 * @typedef {object} Hosted a terminal of ours
 * @property {Map<string, vscode.Terminal>} beside the person's own, by our id, opened beside it since the window was loaded
 * @property {string} id
 * @property {string} session
 * @property {string} name
 * @property {string[]} [command]
 * @property {vscode.Terminal} terminal
 * @property {number | undefined} pid
 * @property {Promise<number | undefined>} started its pid when it is known; nothing when it took too long or never started
 */

/**
 * The terminals that the daemon asked for. Emits `closed` with id and exit code (nothing when the editor does not tell) and
 * `shown` with id.
 *
 * Not promised: that a code means what it says. A program that is killed by a signal has code 0 here, since the editor passes on
 * only the exit code of its pseudo-terminal; the keeper knows better.
 */
class TerminalHost extends EventEmitter {
  /**
   * @param {object} options
   * @param {import('./terminal-store').TerminalStore} options.store
   * @param {{sessionPrefix: string, keepsTerminals: boolean}} options.settings
   * @param {import('./types').Log} options.log
   * @param {import('./types').Clock} [options.clock]
   */
  constructor({ store, settings, log, clock = { setTimeout, clearTimeout } }) {
    super();
    this.store = store;
    this.settings = settings;
    this.log = log;
    this.clock = clock;
    /** @type {Map<string, Hosted>} */
    this.hosted = new Map();
    /** What is being opened beside an agent that is in front, and that agent. @type {Map<vscode.Terminal, vscode.Terminal>} */
    this.opening = new Map();
    this.subscriptions = [
      vscode.window.onDidCloseTerminal((terminal) => this.closed(terminal)),
      vscode.window.onDidChangeActiveTerminal((terminal) => this.activated(terminal)),
    ];
  }

  dispose() {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /**
   * Finds the terminals again that outlived a reload of the window: the editor keeps their processes and forgets whose they are.
   * The pid decides. Against a pid that has been given to another program since, the name has to begin as ours do or be the one
   * that was given; a person can rename a terminal, so the same program with the same arguments does as well.
   *
   * After a restart of the whole editor there may be a terminal with the same program and another pid: the editor starts the
   * programs of persistent terminals once more. Its agent ended with the old one, so it is closed.
   * @returns {Promise<string[]>} ids of those that are gone
   */
  async adopt() {
    const records = this.store.read();
    if (records.length === 0) return [];
    const found = await Promise.all(
      vscode.window.terminals
        .filter((terminal) => terminal.exitStatus === undefined)
        .map(async (terminal) => ({ terminal, pid: await this.within(terminal.processId) })),
    );
    const prefix = this.settings.sessionPrefix;
    /** @type {string[]} */
    const gone = [];
    for (const record of records) {
      const { terminal: id, session, name, command } = record;
      const looksOurs = (/** @type {vscode.Terminal} */ one) => one.name === name || one.name.startsWith(prefix);
      const same = found.find(({ terminal, pid }) =>
        record.pid === undefined ? runs(pid, command) : pid === record.pid && (looksOurs(terminal) || runs(pid, command)),
      );
      if (same) {
        const { terminal, pid } = same;
        this.hosted.set(id, { id, session, name, command, terminal, pid, started: Promise.resolve(pid), beside: new Map() });
      } else {
        gone.push(id);
        found.find(({ terminal, pid }) => looksOurs(terminal) && runs(pid, command))?.terminal.dispose();
      }
    }
    this.log.info(`${this.hosted.size} of ${records.length} terminals found again`);
    await this.remember();
    return gone;
  }

  /**
   * @param {any} params
   * @returns {Promise<object>}
   */
  async open(params) {
    const wanted = openParams(params);
    const living = [...this.hosted.values()].find((one) => one.session === wanted.session);
    return this.described(living ?? this.create(wanted));
  }

  /** @param {ReturnType<typeof openParams>} wanted */
  create(wanted) {
    const { session, command } = wanted;
    const [shellPath, ...shellArgs] = command;
    const name = inert(wanted.name, 100);
    const terminal = vscode.window.createTerminal({
      name,
      shellPath,
      shellArgs,
      cwd: wanted.directory,
      env: wanted.environment,
      strictEnv: false,
      isTransient: !this.settings.keepsTerminals,
      ...terminalLook(wanted.ticketType),
    });
    const id = randomUUID();
    /** @type {Hosted} */
    const hosted = {
      id,
      session,
      name,
      command,
      terminal,
      pid: undefined,
      started: Promise.resolve(undefined),
      beside: new Map(),
    };
    hosted.started = this.within(terminal.processId).then(async (pid) => {
      hosted.pid = pid;
      if (this.hosted.has(id)) await this.remember();
      return pid;
    });
    // In the table before anything is awaited: a second request for the session finds it, and so does an early end.
    this.hosted.set(id, hosted);
    terminal.show(true);
    return hosted;
  }

  /** @param {Hosted} hosted */
  async described(hosted) {
    const pid = await hosted.started;
    if (!this.hosted.has(hosted.id) && pid === undefined) {
      throw new ProtocolError('unavailable', `the editor could not start the program of ${hosted.session}`);
    }
    return { terminal: hosted.id, ...(pid === undefined ? {} : { pid }) };
  }

  /** @param {any} params */
  async type(params) {
    const { terminal } = this.wanted(params);
    terminal.sendText(text(params, 'text'), false);
    return {};
  }

  /** @param {any} params */
  async show(params) {
    this.wanted(params).terminal.show(params.focus !== true);
    return {};
  }

  /**
   * A terminal of the person's default shell beside the agent's. On which side is up to the editor: its API knows a parent and
   * no direction. It becomes the active one of its group (`TerminalGroup.split`), so who has the agent in front gets it back: as
   * soon as that has happened, which is some time after the call. Not later, when a person may have gone there.
   * @param {any} params
   */
  async split(params) {
    const { terminal, beside } = this.wanted(params);
    const isInFront = vscode.window.activeTerminal === terminal;
    const fresh = vscode.window.createTerminal({
      isTransient: !this.settings.keepsTerminals,
      location: { parentTerminal: terminal },
    });
    const id = randomUUID();
    // In the table before anything is awaited, so that an early end takes it out again.
    beside.set(id, fresh);
    if (isInFront) this.opening.set(fresh, terminal);
    const pid = await this.within(fresh.processId);
    this.opening.delete(fresh);
    if (!beside.has(id) && pid === undefined) throw new ProtocolError('unavailable', 'the editor could not start its shell');
    return { terminal: id };
  }

  /**
   * Ends the terminal with those that were opened beside it, except for one that the person is in.
   * @param {any} params
   */
  async close(params) {
    const { id, terminal, beside } = this.wanted(params);
    const isGone = new Promise((resolve) => {
      const timer = this.clock.setTimeout(() => finish(false), PATIENCE);
      const listener = (/** @type {string} */ closed) => closed === id && finish(true);
      const finish = (/** @type {boolean} */ outcome) => {
        this.clock.clearTimeout(timer);
        this.off('closed', listener);
        resolve(outcome);
      };
      this.on('closed', listener);
    });
    closeUnseen(beside);
    terminal.dispose();
    if (!(await isGone)) throw new ProtocolError('timeout', `the terminal is still there after ${PATIENCE / 1000} s`);
    return {};
  }

  async list() {
    // The editor tells which terminal is active, and of the others not whether they can be seen.
    const active = vscode.window.activeTerminal;
    return {
      terminals: [...this.hosted.values()].map(({ id, session, terminal, pid, beside }) => ({
        terminal: id,
        session,
        name: terminal.name,
        ...(pid === undefined ? {} : { pid }),
        // Whoever works in a shell beside it is not to lose that with it.
        isVisible: active !== undefined && [terminal, ...beside.values()].includes(active),
        ...(beside.size === 0 ? {} : { beside: beside.size }),
      })),
    };
  }

  /**
   * @param {string} session
   * @returns {vscode.Terminal | undefined}
   */
  terminalOf(session) {
    return [...this.hosted.values()].find((one) => one.session === session || one.name === session)?.terminal;
  }

  /**
   * @param {any} params
   * @returns {Hosted}
   */
  wanted(params) {
    const hosted = this.hosted.get(text(params, 'terminal'));
    if (!hosted) throw new ProtocolError('not_found', 'this window has no such terminal');
    return hosted;
  }

  /** @param {vscode.Terminal} terminal */
  closed(terminal) {
    const hosted = this.hostedOf(terminal);
    if (!hosted) return this.closedBeside(terminal);
    this.hosted.delete(hosted.id);
    // The daemon ends the program first: the terminal may be gone before it asks for its close.
    closeUnseen(hosted.beside);
    // The bridge from the editor's callback: what is remembered is written behind it.
    void this.remember();
    const code = terminal.exitStatus?.code;
    this.log.info(`terminal ${hosted.name} closed${code === undefined ? '' : ` with ${code}`}`);
    this.emit('closed', hosted.id, code);
  }

  /** @param {vscode.Terminal} terminal */
  closedBeside(terminal) {
    for (const { beside } of this.hosted.values()) {
      for (const [id, one] of beside) if (one === terminal) beside.delete(id);
    }
  }

  /** @param {vscode.Terminal | undefined} terminal */
  activated(terminal) {
    const agent = terminal && this.opening.get(terminal);
    if (agent) {
      this.opening.delete(terminal);
      agent.show(true);
    }
    const hosted = terminal && this.hostedOf(terminal);
    if (hosted) this.emit('shown', hosted.id);
  }

  /** @param {vscode.Terminal} terminal */
  hostedOf(terminal) {
    return [...this.hosted.values()].find((one) => one.terminal === terminal);
  }

  async remember() {
    const all = [...this.hosted.values()];
    await this.store.write(all.map(({ id, session, name, pid, command }) => ({ terminal: id, session, name, pid, command })));
  }

  /**
   * @param {Thenable<number | undefined>} processId
   * @returns {Promise<number | undefined>} nothing after the patience, and when it fails
   */
  within(processId) {
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(() => resolve(undefined), PATIENCE);
      const finish = (/** @type {number | undefined} */ pid) => {
        this.clock.clearTimeout(timer);
        resolve(pid);
      };
      processId.then(finish, () => finish(undefined));
    });
  }
}

/**
 * Closes what was opened beside a terminal. What is in front of the person stays and is theirs alone.
 * @param {Map<string, vscode.Terminal>} beside
 */
function closeUnseen(beside) {
  for (const one of [...beside.values()]) if (one !== vscode.window.activeTerminal) one.dispose();
}

/**
 * Whether a process is exactly this program with these arguments. Where the kernel does not tell (it does on Linux), no.
 * @param {number | undefined} pid
 * @param {string[] | undefined} command
 */
function runs(pid, command) {
  if (pid === undefined || !command) return false;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') === command.map((word) => `${word}\0`).join('');
  } catch {
    return false;
  }
}

module.exports = { TerminalHost };
