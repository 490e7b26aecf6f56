// @ts-check
/// <reference path="types/guest.d.ts" />
import { sendMail } from 'envoi:mail/smtp@0.1.0';

/** @import { Error, Reply } from 'envoi:mail/smtp@0.1.0' */

/**
 * @param {string} server
 * @param {string} to
 */
export function welcome(server, to) {
  const message = `From: shop@example.org\nTo: ${to}\nSubject: Welcome\n\nGood to have you here.\n`;
  try {
    const receipt = sendMail(server, 'shop@example.org', [to], new TextEncoder().encode(message));
    return receipt.accepted[0].reply.lines.join('\n');
  } catch (error) {
    // What is thrown becomes the `err` of welcome's result.
    throw why(/** @type {{ payload: Error }} */ (error).payload);
  }
}

/**
 * Why a message was not sent, for people.
 *
 * @param {Error} error
 */
function why(error) {
  switch (error.tag) {
    case 'invalid-argument':
    case 'lookup-failed':
    case 'connect-failed':
      return error.val;
    case 'tls-failed':
      return error.val[1];
    case 'rejected': // 4yz is worth another try, 5yz is not.
      return `the server refuses at ${error.val.phase}: ${words(error.val.reply)}`;
    case 'recipients-refused':
      return error.val
        .map(({ recipient, reply }) => `the server refuses ${recipient}: ${words(reply)}`)
        .join('; ');
    case 'timeout':
    case 'disconnected':
      // Whoever sends it again may deliver it twice.
      return error.val === 'acceptance'
        ? 'the server did not answer to the message, which is perhaps delivered'
        : `the server did not answer at ${error.val}, and nothing is delivered`;
    default:
      return error.tag;
  }
}

/** @param {Reply} reply */
function words(reply) {
  return `${reply.code} ${reply.lines.join(' ')}`;
}
