// @ts-check
'use strict';

const vscode = require('vscode');
const { inert } = require('./inert-text');

/** The item in the status bar, the tree's badge and message, and what menus ask for. */
class StatusBar {
  /**
   * @param {object} options
   * @param {import('./board').Board} options.board
   * @param {import('./daemon-session').DaemonSession} options.session
   * @param {import('./hosting').Hosting} options.hosting
   * @param {vscode.TreeView<any>} options.view
   */
  constructor({ board, session, hosting, view }) {
    this.board = board;
    this.session = session;
    this.hosting = hosting;
    this.view = view;
    this.item = vscode.window.createStatusBarItem('reeve.status', vscode.StatusBarAlignment.Left, 10);
    this.item.name = 'Reeve';
    this.item.command = 'reeve.tickets.focus';
    board.on('changed', () => this.draw());
    session.on('state', () => this.draw());
    hosting.on('state', () => this.draw());
    this.draw();
    this.item.show();
  }

  dispose() {
    this.item.dispose();
  }

  draw() {
    const { isConnected } = this.session;
    const counts = this.board.counts();
    this.item.text = isConnected ? words(counts, this.board.isPaused) : '$(debug-disconnect) Reeve';
    this.item.tooltip = this.tooltip(counts);
    const calls = isConnected && counts.needsYou > 0;
    this.item.backgroundColor = calls ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.view.badge = calls ? { value: counts.needsYou, tooltip: needs(counts.needsYou) } : undefined;
    const isOld = !isConnected && this.board.tickets.size > 0;
    this.view.message = isOld ? 'reeved does not answer. This is what it said last.' : undefined;
    this.tell('reeve.connected', isConnected);
    this.tell('reeve.paused', this.board.isPaused);
  }

  /** @param {ReturnType<import('./board').Board['counts']>} counts */
  tooltip(counts) {
    const { isConnected, trouble, version } = this.session;
    const lines = isConnected
      ? [
          `reeved ${inert(version, 40)}`,
          this.board.isPaused ? 'The queue is paused.' : 'The queue runs.',
          `${needs(counts.needsYou)}, ${counts.running} in work, ${counts.queued} queued, ${counts.trouble} in trouble`,
        ]
      : ['reeved does not answer.', inert(trouble, 300)];
    if (isConnected && this.hosting.refusal) lines.push(inert(this.hosting.refusal, 300));
    return lines.filter(Boolean).join('\n');
  }

  /**
   * @param {string} key
   * @param {boolean} value
   */
  tell(key, value) {
    this.told ??= /** @type {Map<string, boolean>} */ (new Map());
    if (this.told.get(key) === value) return;
    this.told.set(key, value);
    vscode.commands.executeCommand('setContext', key, value);
  }
}

/**
 * @param {ReturnType<import('./board').Board['counts']>} counts
 * @param {boolean} isPaused
 */
function words({ needsYou, running, queued, trouble }, isPaused) {
  const parts = [isPaused ? '$(debug-pause) Reeve paused' : '$(server-process) Reeve'];
  if (needsYou > 0) parts.push(`$(bell-dot) ${needsYou}`);
  if (trouble > 0) parts.push(`$(error) ${trouble}`);
  parts.push(`$(play) ${running}`, `$(clock) ${queued}`);
  return parts.join(' ');
}

/** @param {number} count */
function needs(count) {
  return count === 1 ? '1 needs you' : `${count} need you`;
}

module.exports = { StatusBar };
