// @ts-check
'use strict';

/** Codes of the protocol's error kinds (docs/protocol.md) that this side sends. */
const CODES = Object.freeze({
  invalid_params: -32602,
  unknown_method: -32601,
  internal: -32603,
  too_large: -32000,
  not_found: -32001,
  unavailable: -32004,
  timeout: -32005,
});

/** An error of the protocol, from the daemon or for it. `kind` is the word to program against. */
class ProtocolError extends Error {
  /**
   * @param {string} kind
   * @param {string} message
   * @param {{hint?: string, path?: string, oldest?: number}} [data]
   */
  constructor(kind, message, data = {}) {
    super(message);
    this.name = 'ProtocolError';
    this.kind = kind;
    this.hint = data.hint;
    this.path = data.path;
    this.oldest = data.oldest;
  }

  /**
   * What came in the `error` member of an answer; anything odd in it is an `internal` error with what can be read.
   * @param {any} error
   */
  static of(error) {
    const data = error && typeof error === 'object' && error.data && typeof error.data === 'object' ? error.data : {};
    const message = error && typeof error.message === 'string' ? error.message : 'an error without a message';
    return new ProtocolError(typeof data.kind === 'string' ? data.kind : 'internal', message, {
      hint: typeof data.hint === 'string' ? data.hint : undefined,
      path: typeof data.path === 'string' ? data.path : undefined,
      oldest: Number.isSafeInteger(data.oldest) ? data.oldest : undefined,
    });
  }

  /** For the `error` member of an answer. */
  toJSON() {
    const code = /** @type {Record<string, number>} */ (CODES)[this.kind] ?? CODES.internal;
    return { code, message: this.message, data: { kind: this.kind, ...(this.hint ? { hint: this.hint } : {}) } };
  }
}

/** The connection went while an answer was awaited: nobody knows whether the request was carried out. */
class ConnectionLost extends Error {
  constructor(message = 'the connection to reeved was lost before it answered') {
    super(message);
    this.name = 'ConnectionLost';
  }
}

/** There is no connection, so nothing has been asked. */
class NotConnected extends Error {
  constructor() {
    super('reeved does not answer');
    this.name = 'NotConnected';
  }
}

module.exports = { ProtocolError, ConnectionLost, NotConnected };
