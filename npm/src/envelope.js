// Who sends a mail, and to whom.

import { addresses, mailboxes } from './address.js';
import { invalid } from './error.js';
import { known } from './known.js';

/** The addresses in a mail's fields. */
export function participants(mail) {
  const of = (name) => mailboxes(name, mail[name]);
  const [from, replyTo, cc, bcc] = ['from', 'replyTo', 'cc', 'bcc'].map(of);
  const senders = of('sender');
  if (senders.length > 1) throw invalid('sender', 'only one mailbox sends: give one');
  return { from, sender: senders[0], replyTo, to: addresses('to', mail.to), cc, bcc };
}

/** The interface's envelope, of a mail's `envelope`. */
export function given(fields) {
  const envelope = known('envelope', fields, ['from', 'to', 'cc', 'bcc']);
  const of = (name) => mailboxes(`envelope.${name}`, envelope[name]);
  // `false` is the null reverse-path, as is an empty text.
  const [sender] = envelope.from === false ? [] : of('from');
  return { sender: sender?.mailbox, recipients: unique(['to', 'cc', 'bcc'].flatMap(of)) };
}

/** The interface's envelope, of a mail that has none of its own. */
export function derived({ from, sender, to, cc, bcc }) {
  const all = [...to, ...cc, ...bcc].flatMap((one) => one.members ?? [one]);
  return { sender: (sender ?? from[0])?.mailbox, recipients: unique(all) };
}

function unique(all) {
  return [...new Set(all.map(({ mailbox }) => mailbox))];
}
