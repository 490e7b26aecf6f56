// The calls that make the interface's draft of a mail.

import { basename } from 'node:path';
import { lookup } from 'mrmime';
import { isStream } from './content.js';
import { invalid } from './error.js';
import { known } from './known.js';
import { list } from './list.js';
import { SOURCE, anySource, source, whole } from './source.js';

const PRIORITIES = {
  high: { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' },
  normal: {},
  low: { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' },
};

export class Draft {
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
    const { text, html, alternatives, icalEvent } = this.mail;
    if (text !== undefined) this.step('text', 'setText', await this.#text('text', text));
    if (html !== undefined) this.step('html', 'setHtml', await this.#text('html', html));
    for (const [i, alternative] of entries('alternatives', alternatives)) {
      const field = `alternatives[${i}]`;
      const { contentType, ...from } = known(field, alternative, ['contentType', ...SOURCE]);
      this.step(field, 'addAlternative', contentType, await whole(await source(field, from, this.mail)));
    }
    if (icalEvent !== undefined) await this.#addEvent(icalEvent);
  }

  async #text(field, value) {
    const content = await whole(await anySource(field, value, this.mail));
    return new TextDecoder().decode(content);
  }

  async #addEvent(event) {
    const isContent = typeof event === 'string' || event instanceof Uint8Array || isStream(event);
    const given = isContent ? { content: event } : known('icalEvent', event, ['method', 'filename', ...SOURCE]);
    const { method = 'PUBLISH', filename = 'invite.ics', ...from } = given;
    if (filename !== 'invite.ics')
      throw invalid('icalEvent', 'its file name is invite.ics: leave `filename` out');
    const type = `text/calendar; method=${method.toUpperCase()}`;
    this.step('icalEvent', 'addAlternative', type, await whole(await source('icalEvent', from, this.mail)));
  }

  async addAttachments() {
    for (const [i, attachment] of entries('attachments', this.mail.attachments)) {
      await this.#attach(`attachments[${i}]`, attachment);
    }
  }

  async #attach(field, given) {
    const fields = ['filename', 'contentType', 'cid', 'contentDisposition', ...SOURCE];
    const attachment = known(field, given, fields);
    const { path, cid, contentDisposition } = attachment;
    if (contentDisposition && (contentDisposition === 'inline') !== (cid !== undefined)) {
      throw invalid(
        field,
        'it is inline if it has a `cid`, otherwise an attachment: leave `contentDisposition` out',
      );
    }
    const isFile = typeof path === 'string' && !/^data:/i.test(path);
    const name = attachment.filename ?? (isFile ? basename(path) : undefined);
    const contentType = attachment.contentType ?? typeOf(name, attachment);
    const contentId = cid?.replace(/^<|>$/g, '');
    const { content: own, encoding } = attachment;
    const content = await source(field, { content: own, path, encoding }, this.mail);
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

/** Pairs of index and element. */
function entries(field, list = []) {
  if (!Array.isArray(list)) throw new TypeError(`${field}: an array is expected`);
  return list.entries();
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
