// Sends the message, and sorts failures for the visitor and for the operator.

import { Mailer, explain } from 'envoi:mail/smtp@0.1.0';

// 20 seconds, in nanoseconds, because the visitor waits.
const TIMEOUT = 20_000_000_000n;

// `kind` is what a visitor has to know:
//   set-up    the environment or the host is set up wrongly
//   later     the same message may succeed later
//   refused   the message will be refused again
//   unknown   the server had the whole message, but its answer is unknown
// The error's message is a line for the operator. Visitors do not see it.
export class Fault extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }

  get outcome() {
    return this.kind === 'unknown' ? 'may have been sent' : 'not sent';
  }
}

// Returns the server's reply to the message.
export function deliver(configuration, { sender, recipients, message }) {
  const mailer = attempt(() => openMailer(configuration), () => 'set-up');
  const envelope = { sender, recipients };
  const receipt = attempt(() => mailer.send(envelope, message, undefined), kindOf);
  mailer.close();
  // There is one recipient: if it was refused, `send` has failed.
  return receipt.accepted.map(({ reply }) => words(reply)).join('');
}

function openMailer({ server, serverName, authorities }) {
  const mailer = Mailer.fromUrl(server);
  mailer.setTimeout('total', TIMEOUT);
  if (serverName) mailer.setServerName(serverName);
  if (authorities) {
    mailer.setBundledRoots(false);
    mailer.addTrustAnchors(new TextEncoder().encode(authorities));
  }
  return mailer;
}

// envoi's errors are thrown with the variant as the payload.
function attempt(call, kind) {
  try {
    return call();
  } catch (thrown) {
    if (!thrown.payload) throw thrown;
    const explanation = explain(thrown.payload);
    throw new Fault(kind(thrown.payload, explanation), explanation.sentence);
  }
}

function kindOf({ tag }, { outcome, retry }) {
  if (outcome === 'may-have-been-delivered') return 'unknown';
  if (retry === 'later') return 'later';
  // The wrong argument comes from the environment: the server, or an address.
  const isSetUp = retry === 'after-a-change' || ['invalid-argument', 'wrong-state'].includes(tag);
  return isSetUp ? 'set-up' : 'refused';
}

function words({ code, text }) {
  return `${code} ${text.replaceAll('\n', ' ')}`;
}
