/**
 * Sends mail over SMTP, in a Worker: no function blocks.
 *
 * Functions and types have the documentation of the interface `envoi:mail/smtp`.
 */

import type { Envelope, Error as Detail, Outcome, Phase, RecipientReply, Reply, Retry, Timeout } from '../sync/interfaces/envoi-mail-smtp.js';

export type * from '../sync/interfaces/envoi-mail-smtp.js';
export { Mailer, MessageWriter, Options, Session, sendMail } from './smtp.js';

/** Text is sent as UTF-8. */
export type Bytes = string | Uint8Array;

/**
 * A message: header, blank line, body. A stream, such as a file's, is sent in pieces, in constant
 * memory, and read as fast as the server accepts it.
 */
export type Content = Bytes | AsyncIterable<Bytes>;

/** A message for `sendAll`. */
export interface OutgoingMessage {
  envelope: Envelope;
  message: Bytes;
}

export interface Settings {
  /** Ends everything at once: calls that wait fail with the code `aborted`. */
  signal?: AbortSignal;
}

/** Why a call failed. The code is for programs, the message is for people; neither contains secrets. */
export class SmtpError extends Error {
  private constructor();
  name: 'SmtpError';
  /** The case of the interface's `error`; `aborted` after an AbortSignal; `crashed` if the Worker crashed. */
  code: Detail['tag'] | 'aborted' | 'crashed';
  /** The step of the session that failed. */
  phase?: Phase;
  /** If the code is `timeout`: which timeout passed. */
  limit?: Timeout;
  /** If the code is `rejected`: the server's reply. */
  reply?: Reply;
  /** If the code is `recipients-refused`: the refused recipients. The message was sent to nobody. */
  refused?: RecipientReply[];
  /** Whether the message may have been delivered: if so, and you send it again, it may arrive twice. */
  outcome: Outcome;
  /** Whether the same message may succeed if it is sent again. */
  retry: Retry;
  /** The error of the interface. It is not printed with this error. */
  readonly detail: Detail | { tag: 'aborted'; val: boolean } | { tag: 'crashed'; val: [string, boolean] };
}
