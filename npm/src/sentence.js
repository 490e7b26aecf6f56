// What an error means, where it happened, and what to do.

const AT = {
  lookup: 'while looking up its name',
  connect: 'while connecting',
  tls: 'in the TLS handshake',
  greeting: 'before its greeting',
  hello: 'at EHLO',
  starttls: 'at STARTTLS',
  auth: 'at AUTH',
  mail: 'at MAIL, the sender',
  rcpt: 'at RCPT, a recipient',
  data: 'at DATA',
  content: 'in the middle of the message',
  acceptance: 'after the message',
  quit: 'at QUIT',
  other: 'between messages',
};

const SENTENCES = {
  'invalid-argument': (why) => `${why}; nothing was delivered`,
  'wrong-state': (why) => why,
  other: (why) => why,
  'access-denied': (phase) => `this program may not reach the network (${AT[phase]})`,
  'lookup-failed': (why) => `${why}: is the server's name right?`,
  'connect-failed': (why) =>
    `${why}: is the port right, and open? (465 for smtps, 587 for smtp)`,
  timeout: (phase) => `the server was silent for too long ${AT[phase]}${fate(phase)}`,
  disconnected: (phase) => `the connection ended ${AT[phase]}${fate(phase)}`,
  'tls-failed': ([failure, why]) => `no TLS: ${why}${TLS_ADVICE[failure] ?? ''}`,
  'starttls-unavailable': () =>
    'the server does not offer STARTTLS: smtps://, on port 465, may do',
  'auth-unavailable': mechanisms,
  'auth-needs-tls': () => 'the password is not sent without TLS: use smtps://',
  'extension-unavailable': ({ reason }) => reason,
  'message-too-large': (limit) => `the server takes at most ${limit} octets`,
  rejected: ({ phase, reply }) =>
    `the server refused ${AT[phase]}: ${words(reply)}; ${advice(phase, reply.code)}`,
  'recipients-refused': (refused) =>
    `no recipient was accepted: ${refused.map(recipient).join('; ')}`,
  protocol: ([phase, why]) =>
    `${why} ${AT[phase]}${fate(phase)}; is it an SMTP server, at its SMTP port?`,
  aborted: (isDelivering) => `the AbortSignal ended it${perhaps(isDelivering)}`,
  crashed: ([why, isDelivering]) => `envoi's Worker broke down: ${why}${perhaps(isDelivering)}`,
};

const TLS_ADVICE = {
  'certificate-unknown-issuer':
    "; where that is the server's own authority, addTrustAnchors takes its certificate",
  'certificate-wrong-name': '; setServerName says which name it is to bear',
};

export function sentence({ tag, val }) {
  return SENTENCES[tag](val);
}

function words({ code, lines }) {
  return `${code} ${lines.join(' ')}`;
}

function recipient({ recipient, reply }) {
  return `${recipient}: ${words(reply)}`;
}

function advice(phase, code) {
  if (code < 500) return 'later it may do';
  if (phase === 'auth' && [534, 535].includes(code)) {
    return 'are user and password right? Some providers want a password made for programs';
  }
  if (code === 530) return 'it wants a user and a password (setCredentials)';
  if (phase === 'mail') return 'may this user send from this address?';
  return 'it will not take the message like this';
}

function mechanisms(offered) {
  return offered.length === 0
    ? 'the server offers no authentication here: leave the user out, or try another port'
    : `the server offers no mechanism that may be used (setMechanisms), only ${offered.join(', ')}`;
}

function fate(phase) {
  return perhaps(phase === 'acceptance');
}

function perhaps(isDelivering) {
  return isDelivering
    ? '; the message is perhaps delivered: sending it again may deliver it twice'
    : '; the message was not delivered';
}
