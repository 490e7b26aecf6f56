// Errors for people and programs. None holds what it was called with.

import { sentence } from './sentence.js';

export class SmtpError extends Error {
  constructor(detail, settings) {
    super(sentence(detail), settings);
    this.code = detail.tag;
    const phase = phaseOf(detail);
    if (phase) this.phase = phase;
    if (detail.tag === 'rejected') this.reply = detail.val.reply;
    if (detail.tag === 'recipients-refused') this.refused = detail.val;
    this.perhapsDelivered = isPerhapsDelivered(detail, phase);
    // Said above already, for people who print it.
    Object.defineProperty(this, 'detail', { value: detail });
  }
}

SmtpError.prototype.name = 'SmtpError';

/** Makes the error of a call that a signal ended, told whether it was delivering a message. */
export function aborted(reason) {
  return (isDelivering) => new SmtpError({ tag: 'aborted', val: isDelivering }, { cause: reason });
}

/** The same of a Worker that broke down. */
export function crashed(why) {
  return (isDelivering) => new SmtpError({ tag: 'crashed', val: [why, isDelivering] });
}

const PHASES = {
  'lookup-failed': 'lookup',
  'connect-failed': 'connect',
  'tls-failed': 'tls',
  'starttls-unavailable': 'starttls',
  'auth-unavailable': 'auth',
  'auth-needs-tls': 'auth',
  'recipients-refused': 'rcpt',
};

function phaseOf({ tag, val }) {
  switch (tag) {
    case 'access-denied':
    case 'timeout':
    case 'disconnected':
      return val;
    case 'protocol':
      return val[0];
    case 'rejected':
      return val.phase;
    default:
      return PHASES[tag];
  }
}

function isPerhapsDelivered({ tag, val }, phase) {
  switch (tag) {
    case 'aborted':
      return val;
    case 'crashed':
      return val[1];
    // An answer, after all.
    case 'rejected':
      return false;
    default:
      return phase === 'acceptance';
  }
}
