/** A mail, with nodemailer's field names. "Coming from nodemailer" in the documentation has the differences. */

import type { Receipt } from '../sync/interfaces/envoi-mail-smtp.js';
import type { Bytes, Content } from './index.js';

/** A name may have any text in any script, such as `{ name: 'Doe, Jane', address: 'jane@example.org' }`. */
export interface Address {
  name?: string;
  /** Such as `jane@example.org`. */
  address: string;
}

/**
 * Text such as `Ann <ann@example.org>, bob@example.org` (RFC 5322, section 3.4), at most 5000 characters; an address;
 * or an array of these. A name with special characters is between quotation marks: `"Doe, Jane" <jane@example.org>`.
 */
export type Addresses = string | Address | Addresses[];

/** Content, or where it is. One of `content` and `path` is needed. */
export interface Source {
  /** A stream or async iterable is read when the mail is sent. */
  content?: Content;
  /** Of a string: `utf8` by default, or for example `base64`. */
  encoding?: BufferEncoding;
  /** A file, or a URL with `data:`. Nothing is fetched from other URLs. Never pass a path from a stranger. */
  path?: string;
}

/**
 * A file, or an image that the HTML text shows.
 *
 * A file by `path`, or from a stream, is read while it is sent, in constant memory, unless the mail is signed, has an
 * `envelope` of its own, or is one of `sendAll`. If it fails in the middle, the message is not delivered.
 */
export interface Attachment extends Source {
  /** Any text in any script, but no `/` and no `\`. By default the name of the file in `path`; `false` is none. */
  filename?: string | false;
  /** Such as `application/pdf`. By default after the file name. */
  contentType?: string;
  /** Makes it an inline part. The HTML text shows it as `cid:` and this id, such as `logo@example.org`. */
  cid?: string;
  /** Follows from `cid`; any other value is an error. */
  contentDisposition?: 'attachment' | 'inline';
}

/** Another form of the same text. */
export interface Alternative extends Source {
  contentType: string;
}

/** An invitation. It is also attached as `invite.ics`, which some readers need. */
export interface CalendarEvent extends Source {
  /** Such as `REQUEST`: the calendar's METHOD. `PUBLISH` by default. */
  method?: string;
  filename?: 'invite.ics';
}

/** A URL, with a comment for people. An address gets `mailto:`. */
export type ListEntry = string | { url: string; comment?: string };

/** Fields of mailing lists (RFC 2369, RFC 2919). */
export interface List {
  archive?: ListEntry | ListEntry[];
  help?: ListEntry | ListEntry[];
  id?: ListEntry;
  owner?: ListEntry | ListEntry[];
  post?: ListEntry | ListEntry[];
  subscribe?: ListEntry | ListEntry[];
  /**
   * `https:` and `mailto:` URLs, without comments. For one click (RFC 8058), set the header
   * `List-Unsubscribe-Post` to `List-Unsubscribe=One-Click`.
   */
  unsubscribe?: ListEntry | ListEntry[];
}

/** Whom the server is told, if it is not whom the header names. */
export interface MailEnvelope {
  /** Where bounces go. Empty or `false` is the null reverse-path `<>`. */
  from?: Addresses | false;
  to?: Addresses;
  cc?: Addresses;
  bcc?: Addresses;
}

/** A key that signs (RFC 6376): RSA or Ed25519. */
export interface DkimKey {
  domainName: string;
  /** Receivers look for the public key at `<keySelector>._domainkey.<domainName>`. */
  keySelector: string;
  /** PEM, or DER. */
  privateKey: Bytes;
  /** The header fields to sign, with colons between them. By default those of RFC 6376, section 5.4.1, and List-*. */
  headerFieldNames?: string;
}

/** One key, or several: each makes a signature. What stands beside `keys` holds for all of them. */
export type Dkim = DkimKey | (Partial<DkimKey> & { keys: Partial<DkimKey>[] });

/** What every mail may have. */
export interface MailSettings {
  /** Replaces the mailer's keys for this mail. `sendAll` does not take it. */
  dkim?: Dkim;
  /** Delivery status notifications (RFC 3461). `sendAll` does not take it: use `Options`. */
  dsn?: {
    id?: string;
    return?: 'full' | 'headers' | 'hdrs';
    notify?: DsnFlag | DsnFlag[];
  };
  /** Makes every `path` an error. */
  disableFileAccess?: boolean;
  /** Nothing is fetched in any case. */
  disableUrlAccess?: boolean;
}

type DsnFlag = 'never' | 'success' | 'failure' | 'delay' | 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/**
 * A mail that is composed. `from` and a recipient are needed, and everything else may be left out. No value can add
 * header fields or parts: a line break in one is an error with the code `invalid-argument`.
 */
export interface ComposedMail extends MailSettings {
  raw?: undefined;
  from: Addresses;
  /** Who sends, if `from` names several authors. */
  sender?: Addresses;
  replyTo?: Addresses;
  /** May have groups: `Team: ann@example.org, bob@example.org;`. */
  to?: Addresses;
  cc?: Addresses;
  /** These get the message; it does not name them. */
  bcc?: Addresses;
  subject?: string;
  text?: Content | Source;
  html?: Content | Source;
  alternatives?: Alternative[];
  icalEvent?: Bytes | CalendarEvent;
  attachments?: Attachment[];
  /** By default the time of sending. A string is what `new Date(…)` reads. */
  date?: Date | string | number;
  /** By default random, at the domain of `from`. */
  messageId?: string;
  /** The Message-ID of the mail that this one answers. */
  inReplyTo?: string;
  /** Those before it in the thread, oldest first, in an array or with blanks between them. */
  references?: string | string[];
  list?: List;
  /** Header fields that have no field here, such as `{ 'X-Campaign': 'spring' }`. */
  headers?: Record<string, HeaderText | HeaderText[]> | { key: string; value: HeaderText | HeaderText[] }[];
  priority?: 'high' | 'normal' | 'low';
  /** Whom the server is told instead of `sender` or `from`, and `to`, `cc` and `bcc`. */
  envelope?: MailEnvelope;
}

type HeaderText = string | number;

/**
 * A finished message: header, blank line, body. Without `envelope`, the address fields are the envelope; they do not
 * change the message.
 *
 * A CR or LF alone becomes CRLF. The header is not checked: if you put user input into a header field, remove line
 * breaks from it first. A stream is sent in constant memory, unless the mail is signed.
 */
export interface FinishedMail extends MailSettings {
  raw: Content | Source;
  from?: Addresses;
  sender?: Addresses;
  to?: Addresses;
  cc?: Addresses;
  bcc?: Addresses;
  envelope?: MailEnvelope;
}

/** Do not change a mail before it is sent. */
export type Mail = ComposedMail | FinishedMail;

/**
 * What became of a mail that the server accepted for at least one recipient. Every recipient is in `accepted`, in
 * `rejected`, or in `receipt.unknown`.
 */
export interface Sent {
  /** With angle brackets. Bounces and answers refer to it. Not of a finished message. */
  messageId?: string;
  /** What the server was told. `false` is the null reverse-path `<>`. */
  envelope: { from: string | false; to: string[] };
  accepted: string[];
  /** The mail was not sent to these: `refused` and `unsent` of the receipt, which have the reasons. */
  rejected: string[];
  /** The server's answer to the message, such as `250 2.0.0 Ok: queued as 4711`. It is empty if none arrived. */
  response: string;
  /** The server's replies for each recipient. */
  receipt: Receipt;
}
