// @ts-check
'use strict';

const vscode = require('vscode');
const { inert } = require('./inert-text');
const { look, needsYou } = require('./urgency');

/** Events come in bursts; the tree is drawn again once for each. */
const PAUSE = 50;

/**
 * @typedef {object} TreeNode
 * @property {string} ticketId commands read this
 * @property {boolean} isAgent
 */

/** The tickets, the ones that need a person first, each with its agent below. */
class TicketTree {
  /**
   * @param {import('./board').Board} board
   * @param {import('./types').Clock} [clock]
   */
  constructor(board, clock = { setTimeout, clearTimeout }) {
    this.board = board;
    this.clock = clock;
    /** @type {any} */
    this.timer = undefined;
    this.emitter = new vscode.EventEmitter();
    this.onDidChangeTreeData = this.emitter.event;
    board.on('changed', () => this.drawSoon());
  }

  drawSoon() {
    this.timer ??= this.clock.setTimeout(() => {
      this.timer = undefined;
      this.emitter.fire(undefined);
    }, PAUSE);
  }

  dispose() {
    this.clock.clearTimeout(this.timer);
    this.emitter.dispose();
  }

  /**
   * @param {TreeNode} [node]
   * @returns {TreeNode[]}
   */
  getChildren(node) {
    if (!node) return this.board.entries().map(({ id }) => ({ ticketId: id, isAgent: false }));
    return !node.isAgent && this.board.agents.has(node.ticketId) ? [{ ticketId: node.ticketId, isAgent: true }] : [];
  }

  /** @param {TreeNode} node */
  getTreeItem(node) {
    const entry = this.board.entry(node.ticketId);
    if (!entry) return new vscode.TreeItem(inert(node.ticketId), vscode.TreeItemCollapsibleState.None);
    return node.isAgent && entry.agent ? agentItem(entry.agent) : ticketItem(entry);
  }
}

/** @param {import('./board').Entry} entry */
function ticketItem({ id, ticket, agent, state }) {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const open = !agent ? None : needsYou(state) ? Expanded : Collapsed;
  const item = new vscode.TreeItem(inert(`${id}  ${ticket?.title ?? ''}`.trim(), 200), open);
  const progress = ticket?.metadata?.progress;
  const told = [ticket?.metadata?.status?.text, Number.isInteger(progress?.percent) ? `${progress?.percent} %` : undefined];
  item.id = `ticket:${id}`;
  item.iconPath = icon(state);
  item.description = inert([state, ticket?.step, ...told].filter(Boolean).join(' · '), 200);
  item.tooltip = lines([
    `${id}: ${ticket?.title ?? ''}`,
    `${state}${ticket?.reason ? `: ${ticket.reason}` : ''}`,
    ticket ? `${ticket.type}, ${ticket.priority}, ${ticket.agent}` : undefined,
    ticket?.step ? `step ${ticket.step}` : undefined,
    ticket?.review && ticket.review !== 'none' ? `${ticket.review} review` : undefined,
    ticket?.project,
  ]);
  item.contextValue = ['ticket', ticket?.state, agent ? 'agent' : undefined].filter(Boolean).join(' ');
  return item;
}

/** @param {import('./types').Agent} agent */
function agentItem(agent) {
  const state = agent.state === 'done' ? 'idle' : agent.state;
  const item = new vscode.TreeItem(inert(agent.kind, 100), vscode.TreeItemCollapsibleState.None);
  item.id = `agent:${agent.ticket}`;
  item.iconPath = icon(state);
  item.description = inert([state, agent.reason].filter(Boolean).join(' · '), 200);
  item.tooltip = lines([
    `${agent.kind} on ${agent.ticket}`,
    `session ${agent.session} in ${agent.backend}`,
    agent.pid ? `pid ${agent.pid}` : undefined,
  ]);
  item.contextValue = 'agent';
  item.command = { command: 'reeve.focusAgent', title: 'Focus Agent', arguments: [{ ticketId: agent.ticket, isAgent: true }] };
  return item;
}

/** @param {string} state */
function icon(state) {
  const { icon: name, color } = look(state);
  return new vscode.ThemeIcon(name, color ? new vscode.ThemeColor(color) : undefined);
}

/** @param {unknown[]} texts */
function lines(texts) {
  return texts
    .map((text) => inert(text, 300))
    .filter(Boolean)
    .join('\n');
}

module.exports = { TicketTree };
