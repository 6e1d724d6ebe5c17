// @ts-check
'use strict';

const vscode = require('vscode');

/** Icons and colours by ticket type, as the shipped types have them; every other type is a plain terminal. */
const LOOKS = /** @type {Record<string, [string, string]>} */ ({
  FEAT: ['sparkle', 'terminal.ansiCyan'],
  FIX: ['wrench', 'terminal.ansiRed'],
  TASK: ['tasklist', 'terminal.ansiGreen'],
  SPIKE: ['beaker', 'terminal.ansiMagenta'],
  INV: ['search', 'terminal.ansiYellow'],
});

/**
 * @param {unknown} type of the ticket
 * @returns {{iconPath: vscode.ThemeIcon, color?: vscode.ThemeColor}}
 */
function terminalLook(type) {
  const known = typeof type === 'string' && Object.hasOwn(LOOKS, type) ? LOOKS[type] : undefined;
  if (!known) return { iconPath: new vscode.ThemeIcon('terminal') };
  return { iconPath: new vscode.ThemeIcon(known[0]), color: new vscode.ThemeColor(known[1]) };
}

module.exports = { terminalLook };
