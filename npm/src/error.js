// SmtpError, for people and programs. It never contains the arguments of the call.

export class SmtpError extends Error {
  /** `detail` is the interface's error; the rest is what `explain` says about it. */
  constructor({ detail, field, outcome, retry, sentence }, settings) {
    super(sentence, settings);
    this.code = detail.tag;
    const phase = phaseOf(detail);
    if (phase) this.phase = phase;
    if (field) this.field = field;
    if (detail.tag === 'timeout') this.limit = detail.val.limit;
    if (detail.tag === 'rejected') this.reply = detail.val.reply;
    if (detail.tag === 'recipients-refused') this.refused = detail.val;
    this.outcome = outcome;
    this.retry = retry;
    // Not enumerable, because the printed error has all of it already.
    Object.defineProperty(this, 'detail', { value: detail });
  }
}

SmtpError.prototype.name = 'SmtpError';

/** For a call that an AbortSignal ended. Returns a function that makes the error. */
export function aborted(reason) {
  return (isDelivering) =>
    new SmtpError(
      ended({ tag: 'aborted', val: isDelivering }, 'the AbortSignal ended it', isDelivering),
      { cause: reason },
    );
}

/** For a call of a Worker that crashed. Returns a function that makes the error. */
export function crashed(why) {
  return (isDelivering) => {
    const what = `envoi's Worker crashed: ${why}`;
    return new SmtpError(ended({ tag: 'crashed', val: [why, isDelivering] }, what, isDelivering));
  };
}

/** For a field of a mail that is wrong. */
export function invalid(field, reason) {
  const text = `${field}: ${reason}`;
  const detail = { tag: 'invalid-argument', val: text };
  const sentence = `${text}; nothing was delivered; correct this before you send it again`;
  return new SmtpError({ detail, field, outcome: 'not-sent', retry: 'never', sentence });
}

/** For a call of a closed mailer. */
export function closed() {
  const sentence = 'the mailer is closed';
  const detail = { tag: 'wrong-state', val: sentence };
  return new SmtpError({ detail, outcome: 'not-sent', retry: 'never', sentence });
}

// The component has ended, so it cannot explain these errors: the same fields, written here.
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
    case 'protocol-error':
      return val[0];
    case 'rejected':
    case 'timeout':
      return val.phase;
    default:
      return PHASES[tag];
  }
}
