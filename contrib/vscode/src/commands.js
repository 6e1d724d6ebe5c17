// @ts-check
'use strict';

const vscode = require('vscode');
const agentCommands = require('./agent-commands');
const queueCommands = require('./queue-commands');
const { spoken } = require('./spoken-error');

/**
 * @typedef {object} CommandContext what commands work with
 * @property {import('./board').Board} board
 * @property {import('./daemon-session').DaemonSession} session
 * @property {import('./terminal-host').TerminalHost} host
 * @property {import('./agent-preview').AgentPreview} preview
 * @property {typeof import('./settings').settings} settings
 * @property {vscode.LogOutputChannel} output
 * @property {() => boolean} mayOpenTerminals
 *
 * @typedef {object} Command
 * @property {string} missing what a daemon without the method does not have, for "This reeved has no …"
 * @property {(context: CommandContext, target: unknown) => Promise<void>} run
 */

/** @type {Record<string, Command>} */
const COMMANDS = { ...queueCommands, ...agentCommands };

/**
 * @param {CommandContext} context
 * @returns {vscode.Disposable[]}
 */
function registerCommands(context) {
  const registered = Object.entries(COMMANDS).map(([name, { missing, run }]) =>
    vscode.commands.registerCommand(`reeve.${name}`, async (target) => {
      try {
        await run(context, target);
      } catch (error) {
        const sentence = spoken(error, missing);
        context.output.warn(`${name}: ${error instanceof Error ? error.message : sentence}`);
        vscode.window.showErrorMessage(`Reeve: ${sentence}`);
      }
    }),
  );
  return [
    ...registered,
    vscode.commands.registerCommand('reeve.showOutput', () => context.output.show(true)),
    vscode.commands.registerCommand('reeve.refresh', () =>
      context.session.isConnected ? context.session.refresh() : context.session.connection.restart(),
    ),
  ];
}

module.exports = { registerCommands };
