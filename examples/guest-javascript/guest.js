// @ts-check
/// <reference path="types/guest.d.ts" />
import { explain, sendMail } from 'envoi:mail/smtp@0.1.0';

/** @import { Error } from 'envoi:mail/smtp@0.1.0' */

// 20 seconds, in nanoseconds, because the caller waits. Not a BigInt, as the declarations have it: the
// engine of componentize-qjs 0.4.5 traps on one.
const TIMEOUT = /** @type {any} */ (20_000_000_000);

/**
 * @param {string} server
 * @param {string} to
 */
export function welcome(server, to) {
  const message = `From: shop@example.org\nTo: ${to}\nSubject: Welcome\n\nGood to have you here.\n`;
  const { accepted, refused } = send(server, to, utf8(message));
  // If there are several recipients, some may be refused while others get the message.
  if (refused.length > 0) throw `${refused[0].recipient}: ${refused[0].reply.text}`;
  return accepted[0].reply.text;
}

/**
 * @param {string} server
 * @param {string} to
 * @param {Uint8Array} message
 */
function send(server, to, message) {
  try {
    return sendMail(server, 'shop@example.org', [to], message, TIMEOUT);
  } catch (error) {
    // The thrown string becomes the `err` of welcome's result.
    throw explain(/** @type {{ payload: Error }} */ (error).payload).sentence;
  }
}

/**
 * QuickJS has no TextEncoder.
 *
 * @param {string} text
 */
function utf8(text) {
  return Uint8Array.from(unescape(encodeURIComponent(text)), (octet) => octet.charCodeAt(0));
}
