/**
 * Composes mail and sends it over SMTP, in a Worker: no function blocks.
 *
 * Functions and types have the documentation of the interface `envoi:mail/smtp`.
 */

import type { Error as Detail, Outcome, Phase, RecipientReply, Reply, Retry, Timeout } from '../sync/interfaces/envoi-mail-smtp.js';

export type * from '../sync/interfaces/envoi-mail-smtp.js';
export type * from './mail.js';
export { Mailer, MessageWriter, Options, Session } from './smtp.js';

import type { Dkim, Mail, Sent } from './mail.js';

declare module './smtp.js' {
  interface Mailer {
    /** From now on, `send` and `sendAll` sign each mail with all of these keys. `undefined` ends that. */
    setDkim(dkim: Dkim | undefined): Promise<void>;
  }
}

/**
 * Sends one mail and closes the connection. `server` is a URL: `smtps://user:password@host:port` (TLS from the first
 * byte, port 465) or `smtp://…` (STARTTLS, port 587, needed except for a loopback address that does not offer it).
 * User and password are percent-encoded.
 */
export function sendMail(server: string, mail: Mail, settings?: Settings): Promise<Sent>;

/** Text is sent as UTF-8. */
export type Bytes = string | Uint8Array;

/** A stream, such as a file's, is read as fast as the server accepts it. */
export type Content = Bytes | AsyncIterable<Bytes>;

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
  /** The field of the mail that is wrong, such as `subject` or `attachments[0]`. The code is `invalid-argument`. */
  field?: string;
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
