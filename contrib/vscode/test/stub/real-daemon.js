// @ts-check
'use strict';

const { execFile, spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { atEnd, eventually, scratch } = require('./waiting');

/** A folder with reeved, reeve, reeve-keeper and reeve-demo-agent; without it these tests are skipped. */
const BIN = process.env.REEVE_BIN && path.resolve(process.env.REEVE_BIN);

const SERVER = 'rv-code';

/** The real daemon in a private directory, with a tmux server of its own and agents that do what they are told. */
class RealDaemon {
  /**
   * @param {string} directory
   * @param {Record<string, string>} types ticket types by name
   * @param {string} wrapper where sessions are made
   */
  constructor(directory, types, wrapper) {
    this.wrapper = wrapper;
    this.directory = directory;
    this.socket = path.join(directory, 'r', 'control.sock');
    for (const name of ['r', 's', 't', 'types']) fs.mkdirSync(path.join(directory, name), { mode: 0o700 });
    for (const [name, text] of Object.entries(types)) fs.writeFileSync(path.join(directory, 'types', `${name}.toml`), text);
    const demo = (/** @type {string[]} */ ...switches) =>
      `start = ${JSON.stringify(['reeve-demo-agent', ...switches, '--', '{prompt}'])}`;
    fs.writeFileSync(
      path.join(directory, 'reeve.toml'),
      [
        '[queue]', 'max_parallel = 20', 'default_agent = "talker"',
        '[sessions]', `wrapper = "${wrapper}"`, 'linger = "60s"', '[sessions.tmux]', `socket_name = "${SERVER}"`,
        '[switch]', 'rung_timeout = "5s"', '[notifications]', 'desktop = false',
        '[agents.talker]', demo('--work', '50'),
        '[agents.worker]', demo('--work', '50', '--exit-when-done'),
        '[agents.planner]', demo('--work', '50', '--report', '--tell'),
        '[agents.coder]', demo('--work', '50', '--report', '--tell'),
        '[agents.asker]', demo('--work', '50', '--tell', '--ask'),
      ].join('\n'),
    );
    this.environment = {
      PATH: `${BIN}:/usr/local/bin:/usr/bin:/bin`,
      HOME: directory,
      LANG: 'C.UTF-8',
      USER: 'tester',
      TMUX_TMPDIR: path.join(directory, 't'),
      REEVE_RUNTIME_DIR: path.join(directory, 'r'),
      REEVE_STATE_DIR: path.join(directory, 's'),
      REEVE_CONFIG: path.join(directory, 'reeve.toml'),
    };
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.process = undefined;
  }

  async start() {
    const log = fs.openSync(path.join(this.directory, 'log'), 'a');
    this.process = spawn(path.join(String(BIN), 'reeved'), [], { env: this.environment, stdio: ['ignore', log, log] });
    fs.closeSync(log);
    // An editor's window comes later than the daemon.
    const sign = this.wrapper === 'vscode' ? '"version"' : '"state":"up"';
    await eventually(async () => (await this.reeve('status', '--json')).includes(sign), 'the daemon is up', 30_000);
  }

  /** @param {NodeJS.Signals} signal */
  async stop(signal = 'SIGTERM') {
    const running = this.process;
    this.process = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  }

  async end() {
    await this.stop();
    const words = ['-L', SERVER, 'kill-server'];
    // Nothing to end when no session was ever made.
    await new Promise((resolve) => execFile('tmux', words, { env: this.environment }, () => resolve(undefined)));
  }

  /**
   * What the command line prints, whatever its exit code.
   * @param {string[]} words
   * @returns {Promise<string>}
   */
  reeve(...words) {
    return new Promise((resolve) => {
      const options = { env: this.environment, timeout: 60_000 };
      execFile(path.join(String(BIN), 'reeve'), words, options, (_error, output) => resolve(output));
    });
  }

  /** @param {string} ticket */
  async state(ticket) {
    return (await this.reeve('show', ticket, '-q')).trim();
  }
}

/**
 * @param {import('node:test').TestContext} test
 * @param {Record<string, string>} [types]
 * @param {string} [wrapper]
 */
async function realDaemon(test, types = {}, wrapper = 'tmux') {
  const daemon = new RealDaemon(scratch(test), types, wrapper);
  atEnd(test, () => daemon.end());
  await daemon.start();
  return daemon;
}

module.exports = { realDaemon, BIN };
