// A mail with nodemailer's field names becomes the calls that make a draft of it, or a finished message.

import { basename } from 'node:path';
import { lookup } from 'mrmime';
import { addresses, mailboxes } from './address.js';
import { isStream } from './content.js';
import { invalid } from './error.js';
import { known } from './known.js';
import { list } from './list.js';
import { Options } from './options.js';
import { anySource, source, whole } from './source.js';

const FINISHED = ['raw', 'envelope', 'from', 'sender', 'to', 'cc', 'bcc'];
const FIELDS = [
  ...FINISHED,
  ...['replyTo', 'subject', 'text', 'html', 'alternatives', 'icalEvent', 'attachments', 'date', 'messageId'],
  ...['inReplyTo', 'references', 'list', 'headers', 'priority'],
];
// Of these, the mail itself has no trace.
const BESIDE = ['dkim', 'dsn', 'disableFileAccess', 'disableUrlAccess'];

const PRIORITIES = {
  high: { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' },
  normal: {},
  low: { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' },
};

/**
 * Returns `{ envelope, message }` of a finished message, and otherwise `{ steps, streams }`: the calls of the draft,
 * and the contents of attachments that are read while they are sent. In both, an envelope replaces the mail's own.
 */
export async function prepared(mail, { mayStream }) {
  const isFinished = mail?.raw !== undefined;
  known('a mail', mail, [...(isFinished ? FINISHED : FIELDS), ...BESIDE]);
  const people = participants(mail);
  const envelope = mail.envelope ? given(mail.envelope) : undefined;
  if (isFinished) {
    const raw = await anySource('raw', mail.raw, mail);
    return { envelope: envelope ?? derived(people), message: mayStream ? raw : await whole(raw) };
  }
  const draft = new Draft(mail, mayStream && !envelope);
  draft.addPeople(people);
  await draft.addTexts();
  await draft.addAttachments();
  draft.addFields();
  const { steps, streams } = draft;
  if (streams.length === 0) return { steps, streams, envelope };
  // The component names its Message-ID only if it returns the message.
  const messageId = mail.messageId ?? `<${crypto.randomUUID()}@${domain(people)}>`;
  if (!mail.messageId) draft.step('messageId', 'setMessageId', messageId);
  return { steps, streams, envelope: derived(people), messageId };
}

/** What `dsn` of a mail asks for, after the options of the call. */
export function asked(mail, options) {
  if (mail?.dsn === undefined) return options;
  known('dsn', mail.dsn, ['id', 'return', 'notify']);
  const all = new Options();
  if (options) for (const { name, args } of Options.settings(options)) all[name](...args);
  const { id, return: contents, notify } = mail.dsn;
  if (id !== undefined) all.setEnvelopeId(id);
  if (contents !== undefined) all.setDsnContents(contents === 'hdrs' ? 'headers' : contents);
  if (notify === undefined) return all;
  const flags = [notify].flat().map((flag) => [flag.toLowerCase(), true]);
  return all.setNotify(undefined, Object.fromEntries(flags));
}

class Draft {
  steps = [];
  streams = [];

  constructor(mail, mayStream) {
    this.mail = mail;
    this.mayStream = mayStream;
  }

  /** `field` is the mail's, for errors. */
  step(field, name, ...args) {
    this.steps.push({ field, name, args });
  }

  addPeople({ from, sender, replyTo, to, cc, bcc }) {
    if (from.length > 0) this.step('from', 'setFrom', from);
    if (sender) this.step('sender', 'setSender', sender);
    if (replyTo.length > 0) this.step('replyTo', 'setReplyTo', replyTo);
    const single = to.filter(({ members }) => !members);
    if (single.length > 0) this.step('to', 'setTo', single);
    for (const { group, members } of to) if (members) this.step('to', 'addGroup', group, members);
    if (cc.length > 0) this.step('cc', 'setCc', cc);
    if (bcc.length > 0) this.step('bcc', 'setBcc', bcc);
  }

  async addTexts() {
    const { text, html, alternatives = [], icalEvent } = this.mail;
    if (text !== undefined) this.step('text', 'setText', await this.#text('text', text));
    if (html !== undefined) this.step('html', 'setHtml', await this.#text('html', html));
    for (const [i, { contentType, ...from }] of alternatives.entries()) {
      const field = `alternatives[${i}]`;
      known(field, from, ['content', 'path', 'encoding']);
      this.step(field, 'addAlternative', contentType, await whole(await source(field, from, this.mail)));
    }
    if (icalEvent !== undefined) await this.#addEvent(icalEvent);
  }

  async #text(field, value) {
    const content = await whole(await anySource(field, value, this.mail));
    return new TextDecoder().decode(content);
  }

  async #addEvent(event) {
    const isContent = typeof event === 'string' || event instanceof Uint8Array;
    const { method = 'PUBLISH', filename = 'invite.ics', ...from } = isContent ? { content: event } : event;
    known('icalEvent', from, ['content', 'path', 'encoding']);
    if (filename !== 'invite.ics') throw invalid('icalEvent', 'its file name is invite.ics: leave `filename` out');
    const type = `text/calendar; method=${method.toUpperCase()}`;
    this.step('icalEvent', 'addAlternative', type, await whole(await source('icalEvent', from, this.mail)));
  }

  async addAttachments() {
    for (const [i, attachment] of (this.mail.attachments ?? []).entries()) {
      await this.#attach(`attachments[${i}]`, attachment);
    }
  }

  async #attach(field, attachment) {
    const fields = ['filename', 'content', 'path', 'encoding', 'contentType', 'cid', 'contentDisposition'];
    known(field, attachment, fields);
    const { path, cid, contentDisposition } = attachment;
    if (contentDisposition && (contentDisposition === 'inline') !== (cid !== undefined)) {
      throw invalid(field, 'it is inline if it has a `cid`, otherwise an attachment: leave `contentDisposition` out');
    }
    const isFile = typeof path === 'string' && !/^data:/i.test(path);
    const name = attachment.filename ?? (isFile ? basename(path) : undefined);
    const contentType = attachment.contentType ?? typeOf(name, attachment);
    const contentId = cid?.replace(/^<|>$/g, '');
    const content = await source(field, attachment, this.mail);
    if (!this.mayStream || !isStream(content)) {
      const rest = { name: name || undefined, contentType, contentId };
      return this.step(field, 'attach', { ...rest, content: await whole(content) });
    }
    this.step(field, 'attachFrom', name || undefined, contentType, contentId, this.streams.length);
    this.streams.push(content);
  }

  addFields() {
    const { subject, date, messageId, inReplyTo, references, priority } = this.mail;
    if (subject) this.step('subject', 'setSubject', subject);
    if (date !== undefined) this.step('date', 'setDate', seconds(date), 0);
    if (messageId) this.step('messageId', 'setMessageId', messageId);
    const older = [references ?? []].flat().flatMap((one) => one.split(/\s+/).filter(Boolean));
    // A program that gives only `references` answers the newest.
    const answered = inReplyTo ?? older.at(-1);
    if (answered) this.step('inReplyTo', 'setReply', answered, older);
    if (priority !== undefined && !Object.hasOwn(PRIORITIES, priority)) {
      throw invalid('priority', "it is 'high', 'normal' or 'low'");
    }
    for (const [name, text] of Object.entries(PRIORITIES[priority] ?? {})) {
      this.step('priority', 'addHeader', name, text);
    }
    this.#addListAndHeaders();
  }

  #addListAndHeaders() {
    const { list: value, headers: own = {} } = this.mail;
    const { urls, fields } = list(value ?? {});
    let isOneClick = false;
    for (const [name, text] of fields) this.step('list', 'addHeader', name, text);
    for (const [name, text] of headers(own)) {
      const field = name.toLowerCase();
      // Programs for nodemailer set these as headers; the composer has one setter for both.
      if (field === 'list-unsubscribe') urls.push(...angled(text));
      else if (field === 'list-unsubscribe-post') isOneClick = true;
      else this.step(`headers.${name}`, 'addHeader', name, text);
    }
    if (urls.length > 0 || isOneClick) this.step('list.unsubscribe', 'setUnsubscribe', urls, isOneClick);
  }
}

function participants(mail) {
  const of = (name) => mailboxes(name, mail[name]);
  const [from, replyTo, cc, bcc] = ['from', 'replyTo', 'cc', 'bcc'].map(of);
  const senders = of('sender');
  if (senders.length > 1) throw invalid('sender', 'only one mailbox sends: give one');
  return { from, sender: senders[0], replyTo, to: addresses('to', mail.to), cc, bcc };
}

function given(envelope) {
  known('envelope', envelope, ['from', 'to', 'cc', 'bcc']);
  const { from, to, cc, bcc } = envelope;
  const all = ['to', 'cc', 'bcc'].flatMap((name, i) => mailboxes(`envelope.${name}`, [to, cc, bcc][i]));
  // Neither is an address by which a mailer could be reached: the null reverse-path.
  const [sender] = from === false ? [] : mailboxes('envelope.from', from);
  return { sender: sender?.mailbox, recipients: unique(all) };
}

/** The envelope of a mail that has none of its own. */
function derived({ from, sender, to, cc, bcc }) {
  const all = [...to, ...cc, ...bcc].flatMap((one) => one.members ?? [one]);
  return { sender: (sender ?? from[0])?.mailbox, recipients: unique(all) };
}

function unique(all) {
  return [...new Set(all.map(({ mailbox }) => mailbox))];
}

function domain({ from }) {
  return from[0]?.mailbox.split('@').at(-1) ?? 'localhost';
}

function typeOf(name, { content, path, encoding }) {
  const data = /^data:([^;,]+)/i.exec(path ?? '');
  const type = data?.[1] ?? lookup(name || '') ?? 'application/octet-stream';
  const isUtf8 = type.startsWith('text/') && typeof content === 'string' && encoding === undefined;
  return isUtf8 ? `${type}; charset=utf-8` : type;
}

function seconds(date) {
  const time = new Date(date).getTime();
  if (Number.isNaN(time)) throw invalid('date', 'it is no date: give a Date, or a text that Date reads');
  return BigInt(Math.floor(time / 1000));
}

/** Pairs of name and text: of an object, or of an array of { key, value }. */
function headers(own) {
  const pairs = Array.isArray(own) ? own.map(({ key, value }) => [key, value]) : Object.entries(own);
  return pairs.flatMap(([name, value]) => [value].flat().map((text) => [name, headerText(name, text)]));
}

function headerText(name, text) {
  if (typeof text === 'string') return text;
  if (typeof text === 'number') return String(text);
  throw new TypeError(`headers.${name}: the text is a string, or an array of strings`);
}

/** The URLs of `<https://example.org/u>, <mailto:u@example.org>`. */
function angled(text) {
  return [...text.matchAll(/<([^<>]*)>/g)].map(([, url]) => url);
}
