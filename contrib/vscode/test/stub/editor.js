// @ts-check
'use strict';

/*
 * A stand-in for the `vscode` module, as much of it as the extension uses. It follows the published type file `vscode.d.ts` of
 * 1.93 (August 2024), and for what that file does not say the editor's source of the same time: `terminalInstance.ts`,
 * `terminalProcess.ts`, `terminalProcessManager.ts`, `linkedText.ts`. No real VS Code has been run against these tests.
 *
 * Terminals are real: see pseudo-terminal.js. What is not in here throws, so that a call the editor does not have is found.
 */

const Module = require('node:module');
const path = require('node:path');
const { apiOf } = require('./api');
const { StubTerminal, TerminalExitReason } = require('./terminal');

const SOURCES = path.join(__dirname, '..', '..', 'src');

/** One window of an editor with one workspace. What it remembers outlives reloads, as `Memento`s do. */
class StubEditor {
  /** @param {{settings?: Record<string, any>, isTrusted?: boolean}} [options] */
  constructor({ settings = {}, isTrusted = true } = {}) {
    /** @type {Record<string, any>} by full name, such as `reeve.socketPath` */
    this.settings = settings;
    this.isTrusted = isTrusted;
    this.globalState = memento();
    this.workspaceState = memento();
    /** @type {StubTerminal[]} */
    this.terminals = [];
    /** @type {StubTerminal | undefined} */
    this.activeTerminal = undefined;
    this.hasTerminalFocus = false;
    this.processIdsNeverCome = false;
    this.forgetWindow();
  }

  forgetWindow() {
    /** @type {Map<string, (argument?: any) => any>} */
    this.commands = new Map();
    /** @type {Map<string, any>} */
    this.contexts = new Map();
    /** @type {{level: string, text: string, options: any, buttons: string[]}[]} */
    this.messages = [];
    /** @type {string[]} */
    this.statusMessages = [];
    /** @type {string[]} */
    this.log = [];
    /** @type {any[][]} */
    this.picks = [];
    /** @type {any} */
    this.view = undefined;
    /** @type {any} */
    this.statusItem = undefined;
    /** @type {{uri: any, text: string}[]} */
    this.documents = [];
    /** @type {any} */
    this.activeTextEditor = undefined;
    // How a person answers; a test puts its own in here.
    this.onPick = (/** @type {any[]} */ items) => items[0];
    this.onInput = (/** @type {any} */ _options) => /** @type {string | undefined} */ (undefined);
    this.onMessage = (
      /** @type {string} */ _text,
      /** @type {string[]} */ _buttons,
    ) => /** @type {string | undefined} */ (undefined);
    this.api = apiOf(this);
  }

  /** Loads the extension as the editor does: from its manifest's folder. */
  async start() {
    [this.extension] = this.load('extension.js');
    this.context = { subscriptions: [], globalState: this.globalState, workspaceState: this.workspaceState };
    await this.extension.activate(this.context);
  }

  /**
   * The extension's modules, with this window's `vscode` in them, in a fresh module cache: modules of two calls are strangers.
   * @param {string[]} files of its folder
   * @returns {any[]}
   */
  load(...files) {
    const loader = /** @type {any} */ (Module);
    const original = loader._load;
    loader._load = (/** @type {string} */ request, /** @type {any[]} */ ...rest) => (
      request === 'vscode' ? this.api : original(request, ...rest)
    );
    try {
      for (const file of Object.keys(require.cache)) if (file.startsWith(SOURCES)) delete require.cache[file];
      return files.map((file) => require(path.join(SOURCES, file)));
    } finally {
      loader._load = original;
    }
  }

  async stop() {
    await this.extension?.deactivate();
    for (const one of /** @type {any} */ (this.context)?.subscriptions ?? []) one.dispose();
    this.extension = undefined;
  }

  /** The window is reloaded: terminals that are not transient keep their processes and become other objects. */
  async reload() {
    await this.stop();
    const before = this.terminals;
    for (const terminal of before) terminal.forget();
    this.terminals = [];
    this.activeTerminal = undefined;
    this.forgetWindow();
    for (const { process, options, name } of before) {
      if (!process || process.isOver) continue;
      if (options.isTransient) process.hangUp();
      else this.terminals.push(new StubTerminal(this, { name, isTransient: false }, process));
    }
    await this.start();
  }

  /** The editor is quit and started: all processes end, and those of terminals that are not transient are started once more. */
  async restart() {
    await this.stop();
    const before = this.terminals;
    for (const terminal of before) terminal.forget();
    await ended(before);
    this.terminals = [];
    this.activeTerminal = undefined;
    this.forgetWindow();
    for (const { options: { location, ...rest } } of before) {
      // Which stood beside which the editor restores by itself.
      if (!rest.isTransient) this.terminals.push(new StubTerminal(this, rest));
    }
    await this.start();
  }

  /** Ends everything that was started. */
  async quit() {
    await this.stop();
    await ended(this.terminals);
  }

  /**
   * @param {string} command
   * @param {any} [argument]
   */
  async run(command, argument) {
    const action = this.commands.get(command);
    if (!action) throw new Error(`there is no command '${command}'`);
    return action(argument);
  }

  /**
   * One that is split off becomes the active one of its parent's group (`terminalGroup.ts`): the active one if its parent was.
   * Not at once, since the window makes it after the call has returned, and before it knows its process.
   * @param {any} options
   */
  createTerminal(options) {
    const { location } = options;
    const parent = location?.parentTerminal;
    if (location !== undefined && (Object.keys(location).join() !== 'parentTerminal' || !this.terminals.includes(parent))) {
      throw new Error('the only location in the stub is beside a terminal of the window');
    }
    const terminal = new StubTerminal(this, options);
    this.terminals.push(terminal);
    this.api.fire.onDidOpenTerminal(terminal);
    if (parent) terminal.processId = this.splitOff(terminal, parent, terminal.processId);
    return terminal;
  }

  /**
   * @param {StubTerminal} terminal
   * @param {StubTerminal} parent
   * @param {Promise<number | undefined>} processId
   */
  async splitOff(terminal, parent, processId) {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.activeTerminal === parent) this.terminalShown(terminal, true);
    return processId;
  }

  /** @param {StubTerminal} terminal */
  terminalClosed(terminal) {
    this.terminals = this.terminals.filter((one) => one !== terminal);
    if (this.activeTerminal === terminal) this.activeTerminal = undefined;
    this.api.fire.onDidCloseTerminal(terminal);
  }

  /**
   * @param {StubTerminal} terminal
   * @param {boolean} preservesFocus
   */
  terminalShown(terminal, preservesFocus) {
    if (!preservesFocus) this.hasTerminalFocus = true;
    if (this.activeTerminal === terminal) return;
    this.activeTerminal = terminal;
    this.api.fire.onDidChangeActiveTerminal(terminal);
  }

  /** @param {StubTerminal} terminal */
  closeByPerson(terminal) {
    terminal.close(TerminalExitReason.User);
  }

  /**
   * @param {string} name
   * @param {any} value
   */
  configure(name, value) {
    this.settings[name] = value;
    this.api.fire.onDidChangeConfiguration(
      { affectsConfiguration: (/** @type {string} */ part) => name === part || name.startsWith(`${part}.`) },
    );
  }

  trust() {
    this.isTrusted = true;
    this.api.fire.onDidGrantWorkspaceTrust(undefined);
  }

  /** The tree as a person sees it: each item with those below it. */
  tree() {
    const provider = this.view.options.treeDataProvider;
    const items = (/** @type {any} */ node) =>
      provider.getChildren(node).map(
        (/** @type {any} */ child) => ({ node: child, item: provider.getTreeItem(child), children: items(child) }),
      );
    return items(undefined);
  }
}

/** @param {StubTerminal[]} terminals */
async function ended(terminals) {
  for (const { process } of terminals) {
    if (process && !process.isOver) await new Promise((resolve) => process.once('exit', resolve).hangUp());
  }
}

function memento() {
  const values = new Map();
  return {
    // Values go through JSON, as they do on their way to the editor's storage.
    get: (/** @type {string} */ key, /** @type {any} */ fallback) => (values.has(key) ? JSON.parse(values.get(key)) : fallback),
    update: async (/** @type {string} */ key, /** @type {any} */ value) => void (
      value === undefined ? values.delete(key) : values.set(key, JSON.stringify(value))
    ),
    keys: () => [...values.keys()],
  };
}

module.exports = { StubEditor };
