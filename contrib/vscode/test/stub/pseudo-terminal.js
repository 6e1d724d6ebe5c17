// @ts-check
'use strict';

const { spawn } = require('node:child_process');
const { EventEmitter } = require('node:events');
const path = require('node:path');

/** A program in a real pseudo-terminal. Emits `exit` with code and signal. */
class PseudoTerminal extends EventEmitter {
  /** @param {{program: string, command: string[], directory: string, environment: Record<string, string>}} wanted */
  constructor(wanted) {
    super();
    /** What the terminal has shown. The editor has no call for this: only tests look here. */
    this.output = '';
    this.isOver = false;
    const options = JSON.stringify({ ...wanted, rows: 30, columns: 100 });
    this.child = spawn(
      'python3',
      [path.join(__dirname, 'pseudo_terminal.py'), options],
      { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] },
    );
    this.child.stdin.on('error', () => {});
    this.child.stdout.on('data', (bytes) => (this.output += bytes.toString('utf8')));
    let told = '';
    /** @type {Promise<number | undefined>} */
    this.pid = new Promise((resolve) => {
      this.child.stdio[3]?.on('data', (bytes) => {
        told += bytes;
        const pid = /^pid (\d+)\n/.exec(told);
        if (pid) resolve(Number(pid[1]));
      });
      this.child.on('close', () => {
        resolve(undefined);
        this.isOver = true;
        const [, code, signal] = /exit (\d+) (\d+)\n/.exec(told) ?? [undefined, '1', '0'];
        this.emit('exit', Number(code), Number(signal));
      });
    });
  }

  /** @param {string} text */
  write(text) {
    this.child.stdin.write(text);
  }

  hangUp() {
    this.child.stdin.end();
  }
}

module.exports = { PseudoTerminal };
