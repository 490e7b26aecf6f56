/** `createTransport` for programs that were written for nodemailer. */

import type { ComposedMail, Dkim, FinishedMail, Mailer, MailSettings, Sent } from './index.js';

export interface TransportOptions {
  /** `localhost` by default. */
  host?: string;
  /** 465 with `secure`, otherwise 587. */
  port?: number | string;
  /** TLS from the first byte. By default if the port is 465. Otherwise STARTTLS is needed, but not at a loopback address. */
  secure?: boolean;
  /** STARTTLS is needed at a loopback address too. */
  requireTLS?: boolean;
  /** No TLS. The password is sent to a loopback address only. */
  ignoreTLS?: boolean;
  /** STARTTLS if the server offers it. Anyone on the network path can remove the offer. */
  opportunisticTLS?: boolean;
  /** LMTP (RFC 2033) instead of SMTP. */
  lmtp?: boolean;
  /** The name in EHLO. */
  name?: string;
  auth?:
    | { type?: 'login' | 'LOGIN'; user: string; pass: string; method?: string }
    | { type: 'OAuth2' | 'oauth2' | 'OAUTH2'; user: string; accessToken: string; method?: string };
  tls?: {
    /** Trusted instead of Mozilla's roots: PEM, or one certificate in DER. */
    ca?: string | Uint8Array | (string | Uint8Array)[];
    cert?: string | Uint8Array;
    key?: string | Uint8Array;
    servername?: string;
    minVersion?: 'TLSv1.2' | 'TLSv1.3';
    rejectUnauthorized?: true;
  };
  /** Signs every mail. */
  dkim?: Dkim;
  /** Milliseconds, for the TCP connection and again for the TLS handshake. */
  connectionTimeout?: number;
  /** Milliseconds. */
  greetingTimeout?: number;
  /** Milliseconds of silence at any later step. */
  socketTimeout?: number;
  /** The connection is kept in any case. */
  pool?: boolean;
  /** Messages on one connection. */
  maxMessages?: number;
  /** Makes every `path` an error; a mail cannot lift it. */
  disableFileAccess?: boolean;
  disableUrlAccess?: boolean;
}

/** What the defaults have may be left out. */
type OwnMail = Partial<ComposedMail> | FinishedMail;

type Done<T> = (error: Error | null, result?: T) => void;

export interface Transport extends AsyncDisposable {
  /** envoi's own interface to the same connection: settings, sessions, `sendAll`. */
  readonly mailer: Mailer;
  sendMail(mail: OwnMail): Promise<Sent>;
  sendMail(mail: OwnMail, done: Done<Sent>): void;
  /** Connects, and authenticates if there are credentials. */
  verify(): Promise<true>;
  verify(done: Done<true>): void;
  close(): Promise<void>;
}

/** `options` may be a URL such as `smtps://user:password@mail.example.org`. `defaults` are fields of every mail. */
export function createTransport(
  options: string | TransportOptions,
  defaults?: Partial<ComposedMail> & MailSettings,
): Transport;

declare const nodemailer: { createTransport: typeof createTransport };
export default nodemailer;
