/**
 * Sends mail over SMTP, in a Worker: nothing here blocks.
 *
 * The words about each function and type are those of the interface `envoi:mail/smtp`.
 */

import type { Envelope, Error as Detail, Outcome, Phase, RecipientReply, Reply, Retry, Timeout } from '../sync/interfaces/envoi-mail-smtp.js';

export type * from '../sync/interfaces/envoi-mail-smtp.js';
export { Client, Mailer, Message, Options, sendMail } from './smtp.js';

/** Text is sent in UTF-8. */
export type Bytes = string | Uint8Array;

/**
 * A message: headers, blank line, body. A stream, such as a file's, is sent piece by piece in
 * constant memory, and read as fast as the server takes it.
 */
export type Content = Bytes | AsyncIterable<Bytes>;

/** A message for `sendAll`. */
export interface Letter {
  envelope: Envelope;
  message: Bytes;
}

export interface Settings {
  /** Ends all at once: what waits for an answer fails with the code `aborted`. */
  signal?: AbortSignal;
}

/** Why something was not done. The code is for programs, the message for people; neither holds secrets. */
export class SmtpError extends Error {
  private constructor();
  name: 'SmtpError';
  /** That of the interface's `error`; or of an AbortSignal, or of a Worker that broke down. */
  code: Detail['tag'] | 'aborted' | 'crashed';
  /** The step of the session at which it went wrong. */
  phase?: Phase;
  /** The limit that ended the wait: the code is `timeout`. */
  limit?: Timeout;
  /** What the server said, where it refused: the code is `rejected`. */
  reply?: Reply;
  /** Whom it refused, where these were all: the code is `recipients-refused`. */
  refused?: RecipientReply[];
  /** Whether the server may have taken the message: then, sending it again may deliver it twice. */
  outcome: Outcome;
  /** Whether the same message may pass another time. */
  retry: Retry;
  /** The error as the interface has it; not shown where the error is printed. */
  readonly detail: Detail | { tag: 'aborted'; val: boolean } | { tag: 'crashed'; val: [string, boolean] };
}
