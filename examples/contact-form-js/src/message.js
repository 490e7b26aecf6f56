// What the message says. envoi:mail/compose makes a message of it, in which nothing that a visitor types
// can become a header field.

import { Draft } from 'envoi:mail/compose@0.1.0';

import { Fault } from './delivery.js';

// From is the form's own address. The visitor's address fails DMARC, because this server may not
// send for its domain. Reply-To directs answers to the visitor.
export function composeMessage({ name, address, message }, { from, to }) {
  const draft = new Draft();
  check('CONTACT_FROM', () => draft.setFrom([{ name: 'Contact form', mailbox: from }]));
  check('CONTACT_TO', () => draft.setTo([{ mailbox: to }]));
  // errorsOf has found what these refuse.
  check('the form', () => draft.setReplyTo([{ name, mailbox: address }]));
  check('the form', () => draft.setSubject(`Message from ${name}`));
  draft.setText(`${message}\n\n-- \n${name} <${address}>, by the contact form\n`);
  return check('the message', () => draft.compose());
}

// An `invalid` is thrown as the payload.
function check(what, call) {
  try {
    return call();
  } catch (thrown) {
    if (!thrown.payload) throw thrown;
    throw new Fault('set-up', `${what}: ${thrown.payload.reason}`);
  }
}
