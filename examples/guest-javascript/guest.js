// @ts-check
/// <reference path="types/guest.d.ts" />
import { explain, sendMail } from 'envoi:mail/smtp@0.1.0';

/** @import { Error } from 'envoi:mail/smtp@0.1.0' */

/**
 * @param {string} server
 * @param {string} to
 */
export function welcome(server, to) {
  const message = `From: shop@example.org\nTo: ${to}\nSubject: Welcome\n\nGood to have you here.\n`;
  try {
    const receipt = sendMail(server, 'shop@example.org', [to], utf8(message));
    return receipt.accepted[0].reply.lines.join('\n');
  } catch (error) {
    // What is thrown becomes the `err` of welcome's result.
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
