// @ts-check
/// <reference path="types/guest.d.ts" />
import { Draft } from 'envoi:mail/compose@0.1.0';
import { explain, sendMail } from 'envoi:mail/smtp@0.1.0';

const SENDER = 'shop@example.org';
// 20 seconds, in nanoseconds, because the caller waits. Not a BigInt, as the declarations have it: the
// engine of componentize-qjs 0.4.5 traps on one.
const TIMEOUT = /** @type {any} */ (20_000_000_000);

/**
 * @param {string} server
 * @param {string} to
 */
export function welcome(server, to) {
  const { recipients, message } = attempt(() => compose(to), ({ field, reason }) => `${field}: ${reason}`);
  const { accepted, refused } = attempt(
    () => sendMail(server, SENDER, recipients, message, TIMEOUT),
    (error) => explain(error).sentence,
  );
  // If there are several recipients, some may be refused while others get the message.
  if (refused.length > 0) throw `${refused[0].recipient}: ${refused[0].reply.text}`;
  return accepted[0].reply.text;
}

/** @param {string} to */
function compose(to) {
  const draft = new Draft();
  draft.setFrom([{ name: 'The Shop', mailbox: SENDER }]);
  draft.setTo([{ mailbox: to }]);
  draft.setSubject('Welcome to our café');
  draft.setText('Good to have you here.\n');
  draft.setHtml('<p>Good to have you <b>here</b>.</p>\n');
  draft.attach({ name: 'voucher.txt', contentType: 'text/plain', content: octets('CAFE10\n') });
  return draft.compose();
}

/**
 * Of ASCII: the engine has no TextEncoder.
 *
 * @param {string} text
 */
function octets(text) {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * Throws a sentence if the call fails: a thrown string becomes the `err` of welcome's result.
 *
 * @template T
 * @param {() => T} call
 * @param {(payload: any) => string} sentence
 */
function attempt(call, sentence) {
  try {
    return call();
  } catch (error) {
    const { payload, stack } = /** @type {{ payload?: unknown, stack?: string }} */ (error);
    // Otherwise it is a mistake of this program.
    throw payload ? sentence(payload) : `${error}\n${stack}`;
  }
}
