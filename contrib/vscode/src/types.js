// @ts-check
'use strict';

/**
 * The shapes of docs/protocol.md that the extension reads, and those of its own that more than one file uses. Only types are
 * here.
 *
 * @typedef {object} Ticket
 * @property {string} id
 * @property {string} title
 * @property {string} type
 * @property {string} agent
 * @property {string} priority
 * @property {string} state `queued`, `running`, `review`, `done`, `failed`, `cancelled`, `lost`
 * @property {string} [step]
 * @property {number} [visit]
 * @property {string} [review]
 * @property {string} [reason]
 * @property {string} createdAt
 * @property {string} [project]
 * @property {{status?: {text: string, tone: string}, progress?: {percent: number, label?: string}}} [metadata]
 *
 * @typedef {object} Agent
 * @property {string} ticket
 * @property {string} kind
 * @property {string} state `launching`, `running`, `tool`, `waiting`, `done`, `error`, `interrupted`, `switching`, `exited`,
 *   `lost`, `unknown`
 * @property {string} [reason]
 * @property {string} session
 * @property {string} backend
 * @property {number} [pid]
 * @property {string} [pane]
 *
 * @typedef {object} DaemonEvent
 * @property {number} seq
 * @property {string} time
 * @property {string} kind
 * @property {string} [ticket]
 * @property {any} data
 *
 * @typedef {object} Status the answer of `system.status`
 * @property {string} version
 * @property {number} pid
 * @property {boolean} paused
 * @property {number} cursor
 *
 * @typedef {object} Clock so that tests need not wait
 * @property {(action: () => void, milliseconds: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 *
 * @typedef {object} Log
 * @property {(text: string) => void} trace
 * @property {(text: string) => void} info
 * @property {(text: string) => void} warn
 * @property {(text: string) => void} error
 *
 * @typedef {object} Rememberer `vscode.Memento`, as far as it is used
 * @property {(key: string, fallback?: any) => any} get
 * @property {(key: string, value: any) => Thenable<void> | Promise<void>} update
 */

module.exports = {};
