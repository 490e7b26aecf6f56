// Errors for people and programs. None holds what it was called with.

export class SmtpError extends Error {
  /** Of an error of the interface, and what `explain` says of it. */
  constructor({ detail, outcome, retry, sentence }, settings) {
    super(sentence, settings);
    this.code = detail.tag;
    const phase = phaseOf(detail);
    if (phase) this.phase = phase;
    if (detail.tag === 'timeout') this.limit = detail.val.limit;
    if (detail.tag === 'rejected') this.reply = detail.val.reply;
    if (detail.tag === 'recipients-refused') this.refused = detail.val;
    this.outcome = outcome;
    this.retry = retry;
    // Said above already, for people who print it.
    Object.defineProperty(this, 'detail', { value: detail });
  }
}

SmtpError.prototype.name = 'SmtpError';

/** Makes the error of a call that a signal ended, told whether it was delivering a message. */
export function aborted(reason) {
  return (isDelivering) =>
    new SmtpError(
      ended({ tag: 'aborted', val: isDelivering }, 'the AbortSignal ended it', isDelivering),
      { cause: reason },
    );
}

/** The same of a Worker that broke down. */
export function crashed(why) {
  return (isDelivering) => {
    const what = `envoi's Worker broke down: ${why}`;
    return new SmtpError(ended({ tag: 'crashed', val: [why, isDelivering] }, what, isDelivering));
  };
}

/** The same of a mailer that was closed. */
export function closed() {
  const sentence = 'the mailer is closed';
  const detail = { tag: 'wrong-state', val: sentence };
  return new SmtpError({ detail, outcome: 'not-sent', retry: 'never', sentence });
}

// What no component is left to explain, in its words.
function ended(detail, what, isDelivering) {
  return isDelivering
    ? {
        detail,
        outcome: 'may-have-been-delivered',
        retry: 'later',
        sentence: `${what}; the message may have been delivered; sending it again may deliver it twice`,
      }
    : { detail, outcome: 'not-sent', retry: 'later', sentence: `${what}; nothing was delivered` };
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
    case 'disconnected':
      return val;
    case 'protocol':
      return val[0];
    case 'rejected':
    case 'timeout':
      return val.phase;
    default:
      return PHASES[tag];
  }
}
