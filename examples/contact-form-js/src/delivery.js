// The letter on its way, and what its failures are to a visitor and to whoever runs this.

import { Mailer, explain } from 'envoi:mail/smtp@0.1.0';

// A visitor waits for the answer, in nanoseconds.
const PATIENCE = 20_000_000_000n;

// `kind` is as far as it matters to a visitor:
//   set-up    what the environment or the host says is wrong
//   later     the same letter may pass later
//   refused   it will not
//   unknown   the server had the whole letter, and did not say what became of it
// The message is for whoever runs this, in a line; visitors do not see it.
export class Fault extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }

  get outcome() {
    return this.kind === 'unknown' ? 'may have been sent' : 'not sent';
  }
}

// What the server said when it took the letter.
export function deliver(configuration, letter) {
  const { from, to } = configuration;
  const mailer = attempt(() => openMailer(configuration), () => 'set-up');
  const envelope = { sender: from, recipients: [to] };
  const message = new TextEncoder().encode(letter);
  const receipt = attempt(() => mailer.send(envelope, message, undefined), kindOf);
  mailer.close();
  return receipt.accepted.map(({ reply }) => words(reply)).join('');
}

function openMailer({ server, serverName, authorities }) {
  const mailer = Mailer.fromUrl(server);
  mailer.setTimeout('total', PATIENCE);
  if (serverName) mailer.setServerName(serverName);
  if (authorities) {
    mailer.setBundledRoots(false);
    mailer.addTrustAnchors(new TextEncoder().encode(authorities));
  }
  return mailer;
}

// An error of envoi's is thrown with its variant as the payload.
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
  // Server and addresses are of the environment.
  const isSetUp = retry === 'after-a-change' || ['invalid-argument', 'wrong-state'].includes(tag);
  return isSetUp ? 'set-up' : 'refused';
}

function words({ code, lines }) {
  return `${code} ${lines.join(' ')}`;
}
