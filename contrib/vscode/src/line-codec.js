// @ts-check
'use strict';

/** The longest line in either direction, in bytes, with its newline (docs/protocol.md). */
const LONGEST_LINE = 1024 * 1024;

/** So much of a line that is too long is kept, to tell whose answer it would have been. */
const HEAD = 256;

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. A line that is longer than allowed is not kept: it is reported once, with its beginning, and
 * skipped to its newline.
 */
class LineDecoder {
  /**
   * @param {(line: string) => void} onLine a whole line without its newline
   * @param {(head: string) => void} onTooLong the beginning of a line that is skipped
   * @param {number} [longest] bytes, with the newline
   */
  constructor(onLine, onTooLong, longest = LONGEST_LINE) {
    this.onLine = onLine;
    this.onTooLong = onTooLong;
    this.longest = longest;
    /** @type {Buffer[]} */
    this.parts = [];
    this.length = 0;
    this.isSkipping = false;
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.add(chunk.subarray(start, end), true);
      this.finish();
      start = end + 1;
    }
    if (start < chunk.length) this.add(chunk.subarray(start), false);
  }

  /**
   * @param {Buffer} piece
   * @param {boolean} isWhole whether a newline follows
   */
  add(piece, isWhole) {
    if (this.isSkipping) return;
    this.length += piece.length;
    if (this.length + (isWhole ? 1 : 0) > this.longest) {
      const head = Buffer.concat([...this.parts, piece].map((part) => part.subarray(0, HEAD))).subarray(0, HEAD);
      this.isSkipping = true;
      this.parts = [];
      this.onTooLong(head.toString('utf8'));
    } else if (piece.length > 0) {
      this.parts.push(piece);
    }
  }

  finish() {
    const parts = this.parts;
    const isSkipped = this.isSkipping;
    this.parts = [];
    this.length = 0;
    this.isSkipping = false;
    if (!isSkipped && parts.length > 0) this.onLine(Buffer.concat(parts).toString('utf8'));
  }
}

/**
 * One message as a line. `JSON.stringify` never writes a newline, so a message is always exactly one line.
 * @param {object} message
 * @returns {Buffer | undefined} nothing when the line would be too long
 */
function encodeLine(message) {
  const line = Buffer.from(JSON.stringify(message) + '\n', 'utf8');
  return line.length > LONGEST_LINE ? undefined : line;
}

module.exports = { LineDecoder, encodeLine, LONGEST_LINE };
