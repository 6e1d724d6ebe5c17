// @ts-check
'use strict';

const { TerminalExitReason } = require('./terminal');

class EventEmitter {
  constructor() {
    this.listeners = new Set();
    this.event = (/** @type {(value: any) => void} */ listener) => {
      this.listeners.add(listener);
      return { dispose: () => this.listeners.delete(listener) };
    };
  }
  fire(/** @type {any} */ value) {
    for (const listener of [...this.listeners]) listener(value);
  }
  dispose() {
    this.listeners.clear();
  }
}

class ThemeColor {
  constructor(/** @type {string} */ id) {
    this.id = id;
  }
}

class ThemeIcon {
  constructor(/** @type {string} */ id, /** @type {ThemeColor | undefined} */ color) {
    this.id = id;
    this.color = color;
  }
}

class TreeItem {
  constructor(/** @type {string} */ label, /** @type {number} */ collapsibleState = 0) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

/**
 * The module `vscode` for one window. A member that is not here throws when it is read.
 * @param {import('./editor').StubEditor} editor
 */
function apiOf(editor) {
  const emitters = /** @type {Record<string, EventEmitter>} */ ({});
  for (const name of ['OpenTerminal', 'CloseTerminal', 'ChangeActiveTerminal', 'ChangeConfiguration', 'GrantWorkspaceTrust']) {
    emitters[`onDid${name}`] = new EventEmitter();
  }
  /** @type {Map<string, any>} */
  const providers = new Map();
  const documents = new Map();

  const message = (/** @type {string} */ level) => async (/** @type {string} */ text, /** @type {any[]} */ ...rest) => {
    const options = typeof rest[0] === 'object' ? rest.shift() : {};
    editor.messages.push({ level, text, options, buttons: rest });
    return editor.onMessage(text, rest);
  };
  const say = (/** @type {string} */ level) => (/** @type {string} */ text) => void editor.log.push(`${level} ${text}`);

  const window = {
    get terminals() {
      return editor.terminals;
    },
    get activeTerminal() {
      return editor.activeTerminal;
    },
    get activeTextEditor() {
      return editor.activeTextEditor;
    },
    onDidOpenTerminal: emitters.onDidOpenTerminal.event,
    onDidCloseTerminal: emitters.onDidCloseTerminal.event,
    onDidChangeActiveTerminal: emitters.onDidChangeActiveTerminal.event,
    createTerminal: (/** @type {any} */ options) => editor.createTerminal(options),
    createOutputChannel: (/** @type {string} */ name, /** @type {{log: true}} */ options) => {
      if (!options?.log) throw new Error('an output channel without levels has no info()');
      const levels = Object.fromEntries(['trace', 'debug', 'info', 'warn', 'error'].map((level) => [level, say(level)]));
      return closed({ name, ...levels, show: () => say('shown')(''), dispose() {} }, 'OutputChannel');
    },
    createStatusBarItem: (/** @type {string} */ id, /** @type {number} */ alignment, /** @type {number} */ priority) => {
      editor.statusItem = {
        id,
        alignment,
        priority,
        isVisible: false,
        show: () => (editor.statusItem.isVisible = true),
        dispose() {},
      };
      return editor.statusItem;
    },
    createTreeView: (/** @type {string} */ id, /** @type {any} */ options) => {
      editor.view = { id, options, badge: undefined, message: undefined, draws: 0, dispose() {} };
      options.treeDataProvider.onDidChangeTreeData(() => (editor.view.draws += 1));
      return editor.view;
    },
    showInformationMessage: message('info'),
    showWarningMessage: message('warning'),
    showErrorMessage: message('error'),
    showInputBox: async (/** @type {any} */ options) => editor.onInput(options),
    showQuickPick: async (/** @type {any[]} */ items) => {
      editor.picks.push(items);
      return editor.onPick(items);
    },
    setStatusBarMessage: (/** @type {string} */ text) => void editor.statusMessages.push(text),
    withProgress: (/** @type {any} */ _options, /** @type {() => Promise<any>} */ task) => task(),
    showTextDocument: async (/** @type {any} */ document) => {
      editor.documents.push({ uri: document.uri, text: document.getText() });
    },
  };

  const workspace = {
    name: 'project',
    get isTrusted() {
      return editor.isTrusted;
    },
    getConfiguration: (/** @type {string} */ section) => ({
      get: (/** @type {string} */ key, /** @type {any} */ fallback) => editor.settings[`${section}.${key}`] ?? fallback,
    }),
    onDidChangeConfiguration: emitters.onDidChangeConfiguration.event,
    onDidGrantWorkspaceTrust: emitters.onDidGrantWorkspaceTrust.event,
    registerTextDocumentContentProvider: (/** @type {string} */ scheme, /** @type {any} */ provider) => {
      providers.set(scheme, provider);
      // A document that is open is asked for anew when its provider says so.
      const changes = provider.onDidChange?.((/** @type {any} */ uri) => documents.delete(uri.path));
      return { dispose: () => (providers.delete(scheme), changes?.dispose()) };
    },
    openTextDocument: async (/** @type {any} */ uri) => {
      if (!documents.has(uri.path)) documents.set(uri.path, await providers.get(uri.scheme).provideTextDocumentContent(uri));
      const text = documents.get(uri.path);
      return { uri, getText: () => text };
    },
  };

  const commands = {
    registerCommand: (/** @type {string} */ name, /** @type {(argument?: any) => any} */ action) => {
      if (editor.commands.has(name)) throw new Error(`command '${name}' already exists`);
      editor.commands.set(name, action);
      return { dispose: () => editor.commands.delete(name) };
    },
    executeCommand: async (/** @type {string} */ name, /** @type {any[]} */ ...rest) => {
      if (name === 'setContext') return void editor.contexts.set(rest[0], rest[1]);
      return editor.run(name, rest[0]);
    },
  };

  const api = {
    version: '1.93.0',
    window: closed(window, 'window'),
    workspace: closed(workspace, 'workspace'),
    commands: closed(commands, 'commands'),
    EventEmitter,
    ThemeColor,
    ThemeIcon,
    TreeItem,
    TreeItemCollapsibleState: closed({ None: 0, Collapsed: 1, Expanded: 2 }, 'TreeItemCollapsibleState'),
    StatusBarAlignment: closed({ Left: 1, Right: 2 }, 'StatusBarAlignment'),
    ProgressLocation: closed({ SourceControl: 1, Window: 10, Notification: 15 }, 'ProgressLocation'),
    TerminalExitReason,
    Uri: closed({ from: (/** @type {any} */ parts) => ({ ...parts, toString: () => `${parts.scheme}:${parts.path}` }) }, 'Uri'),
    /** For the stub itself, not the extension. */
    fire: Object.fromEntries(
      Object.entries(emitters).map(([name, emitter]) => [name, (/** @type {any} */ value) => emitter.fire(value)]),
    ),
  };
  return /** @type {any} */ (closed(api, 'vscode'));
}

/**
 * @template {object} T
 * @param {T} object
 * @param {string} name
 * @returns {T}
 */
function closed(object, name) {
  return new Proxy(object, {
    get(target, key) {
      if (typeof key === 'string' && !(key in target) && key !== 'then') throw new Error(`${name}.${key} is not in the stub`);
      return Reflect.get(target, key);
    },
  });
}

module.exports = { apiOf };
