// @ts-check
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { PseudoTerminal } = require('./pseudo-terminal');

/** As in vscode.d.ts 1.93. */
const TerminalExitReason = Object.freeze({ Unknown: 0, Shutdown: 1, Process: 2, User: 3, Extension: 4 });

const KNOWN_OPTIONS = new Set([
  'name', 'shellPath', 'shellArgs', 'cwd', 'env', 'strictEnv', 'hideFromUser', 'message', 'iconPath', 'color', 'location',
  'isTransient',
]);

/**
 * `vscode.Terminal`. Its traps, as documented or in the editor's source:
 * - `processId` is a promise, and nothing (not an error) for a program that could not be started
 * - `exitStatus` is there only after the end; its code is nothing when a person or an extension closed it, and 0 for a signal
 *   (`terminalProcess.ts` keeps `exitCode` of node-pty and drops the signal)
 * - `sendText` turns every LF and CR LF into CR, and adds one when it is to execute (`terminalInstance.ts`)
 * - after a reload the object is another one, without the options it was made with
 * - without a `shellPath` it is the person's default shell, which is `/bin/sh` here
 * - `shellIntegration` stays undefined for a program that is no shell
 * - nothing reads the screen
 */
class StubTerminal {
  /**
   * @param {import('./editor').StubEditor} editor
   * @param {any} options
   * @param {PseudoTerminal} [survivor] the process of a terminal from before a reload
   */
  constructor(editor, options, survivor) {
    for (const key of Object.keys(options)) if (!KNOWN_OPTIONS.has(key)) throw new Error(`createTerminal has no option '${key}'`);
    this.editor = editor;
    this.options = options;
    this.name = options.name ?? 'shell';
    this.creationOptions = survivor ? {} : Object.freeze({ ...options });
    this.exitStatus = undefined;
    this.state = { isInteractedWith: false };
    this.shellIntegration = undefined;
    /** @type {number} */
    this.reason = TerminalExitReason.Process;
    this.process = survivor ?? this.start();
    this.process?.on('exit', (code) => this.over(this.reason === TerminalExitReason.Process ? code : undefined));
    /** @type {Promise<number | undefined>} */
    this.processId = editor.processIdsNeverCome ? new Promise(() => {}) : Promise.resolve(this.process?.pid);
    if (!this.process) setImmediate(() => this.over(undefined));
  }

  start() {
    const { shellPath = '/bin/sh', shellArgs = [], cwd, env = {}, strictEnv } = this.options;
    const environment = strictEnv ? { ...env } : { ...process.env, TERM: 'xterm-256color', TERM_PROGRAM: 'vscode', ...env };
    for (const [name, value] of Object.entries(environment)) if (value === null || value === undefined) delete environment[name];
    // The editor looks for the program, on the path too, before it starts it.
    const places = shellPath.includes('/') ? [''] : String(environment.PATH).split(':');
    const program = places.map((place) => path.join(place, shellPath)).find((file) => fs.existsSync(file));
    if (!program) return undefined;
    return new PseudoTerminal({ program, command: [shellPath, ...shellArgs], directory: cwd ?? '/', environment });
  }

  /** @param {number | undefined} code */
  over(code) {
    if (this.exitStatus || this.isForgotten) return;
    this.exitStatus = Object.freeze({ code, reason: this.reason });
    this.editor.terminalClosed(this);
  }

  /** The window is reloaded: whoever holds this object hears nothing more from it. */
  forget() {
    this.isForgotten = true;
  }

  /**
   * @param {string} text
   * @param {boolean} [shouldExecute]
   */
  sendText(text, shouldExecute = true) {
    let typed = text.replace(/\r?\n/g, '\r');
    if (shouldExecute && !typed.endsWith('\r')) typed += '\r';
    this.process?.write(typed);
  }

  /** @param {boolean} [preserveFocus] */
  show(preserveFocus) {
    this.editor.terminalShown(this, preserveFocus === true);
  }

  hide() {}

  dispose() {
    this.close(TerminalExitReason.Extension);
  }

  /** @param {number} reason */
  close(reason) {
    if (this.exitStatus) return;
    this.reason = reason;
    if (this.process && !this.process.isOver) this.process.hangUp();
    else this.over(undefined);
  }
}

module.exports = { StubTerminal, TerminalExitReason };
