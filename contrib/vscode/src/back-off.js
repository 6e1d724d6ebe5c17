// @ts-check
'use strict';

const FIRST = 200;
const LONGEST = 10_000;

/** How long to wait before the next attempt: doubles from 0.2 s to 10 s, and a part of it is chance. */
class BackOff {
  /** @param {() => number} random at least 0, less than 1: `Math.random`, or fixed in tests */
  constructor(random) {
    this.random = random;
    this.attempts = 0;
  }

  /** @returns {number} milliseconds, between half of the step and all of it */
  next() {
    const step = Math.min(LONGEST, FIRST * 2 ** Math.min(this.attempts, 16));
    this.attempts += 1;
    return Math.round(step / 2 + (step / 2) * this.random());
  }

  reset() {
    this.attempts = 0;
  }
}

module.exports = { BackOff };
