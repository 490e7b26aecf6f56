// The letter on its way, and what its failures are to a visitor and to whoever runs this.

import { Mailer } from 'envoi:mail/smtp@0.1.0';

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
    return this.kind === 'unknown' ? 'perhaps sent' : 'not sent';
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
    mailer.setRoots('added-only');
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
    throw new Fault(kind(thrown.payload), describe(thrown.payload));
  }
}

function kindOf({ tag, val }) {
  switch (tag) {
    case 'timeout':
    case 'disconnected':
      return val === 'acceptance' ? 'unknown' : 'later';
    case 'protocol':
      return val[0] === 'acceptance' ? 'unknown' : 'refused';
    case 'lookup-failed':
    case 'connect-failed':
      return 'later';
    case 'rejected':
      return kindOfReply(val.reply);
    case 'recipients-refused':
      return kindOfReply(val[0].reply);
    case 'invalid-argument':
    case 'access-denied':
    case 'wrong-state':
      return 'set-up';
    default:
      return 'refused';
  }
}

function kindOfReply({ code }) {
  return code >= 400 && code < 500 ? 'later' : 'refused';
}

function describe({ tag, val }) {
  switch (tag) {
    case 'rejected':
      return `the mail server refused at ${val.phase}: ${words(val.reply)}`;
    case 'recipients-refused':
      return val
        .map(({ recipient, reply }) => `the mail server refused ${recipient}: ${words(reply)}`)
        .join('');
    case 'timeout':
      return `the mail server was silent for too long at ${val}`;
    case 'disconnected':
      return `the mail server broke off at ${val}`;
    case 'protocol':
      return `the mail server speaks no SMTP at ${val[0]}: ${val[1]}`;
    case 'access-denied':
      return `the host denies ${val} (wasmtime: -S cli,inherit-network,allow-ip-name-lookup)`;
    case 'tls-failed':
      return `no TLS: ${val[1]}`;
    case 'invalid-argument':
    case 'lookup-failed':
    case 'connect-failed':
    case 'wrong-state':
    case 'other':
      return val;
    default:
      return val === undefined ? tag : `${tag}: ${val}`;
  }
}

function words({ code, lines }) {
  return `${code} ${lines.join(' ')}`;
}
