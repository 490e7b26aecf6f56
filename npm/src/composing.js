// In the Worker: makes the drafts of mails, and sends and signs them.

import { receiveMessageOnPort } from 'node:worker_threads';
import { error as io, streams } from '@bytecodealliance/preview2-shim/io';

/** Called with the component and the mailer, if there is one. `ready` is what `prepared` returned. */
export const operations = { sendAllMails, sendMail, sendOnce, setSigners };

function sendMail(component, mailer, ready, options) {
  if (ready.feed) return sendFed(component, mailer, ready, options);
  const { message, ...rest } = whole(component, ready);
  return { ...rest, receipt: mailer.send(rest.envelope, message, options) };
}

function sendOnce(component, _, server, ready) {
  const { message, ...rest } = whole(component, ready);
  const { sender = '', recipients } = rest.envelope;
  return { ...rest, receipt: component.smtp.sendMail(server, sender, recipients, message, undefined) };
}

/** A mail that is no message has an error as its result, and the others are sent. */
function sendAllMails(component, mailer, all, options) {
  const messages = all.map((ready) => attempt(() => whole(component, ready)));
  const good = messages
    .filter(({ val }) => val)
    .map(({ val: { envelope, message } }) => ({ envelope, message }));
  const results = mailer.sendAll(good, options);
  return messages.map((one) => {
    if (!one.val) return { tag: 'err', val: one.error.payload, field: one.error.field };
    const { message, ...rest } = one.val;
    const { tag, val } = results.shift();
    return { tag, val: tag === 'ok' ? { ...rest, receipt: val } : val };
  });
}

function attempt(compose) {
  try {
    return { val: compose() };
  } catch (error) {
    if (error.payload === undefined) throw error;
    return { error };
  }
}

function setSigners({ dkim, smtpDkim }, mailer, keys) {
  const signers = [];
  try {
    for (const key of keys) signers.push(signer(dkim, key));
    smtpDkim.setSigners(mailer, signers);
  } catch (error) {
    // The interface's errors of signers are sentences.
    if (typeof error.payload !== 'string') throw error;
    throw failure('dkim', error.payload);
  } finally {
    for (const one of signers) one[Symbol.dispose]();
  }
}

function signer(dkim, { domain, selector, key, headers }) {
  const signer = dkim.Signer.new(domain, selector, key);
  if (headers) signer.setHeaders(headers);
  return signer;
}

function whole(component, { steps, envelope, message }) {
  if (!steps) return { envelope, message };
  return withDraft(component, steps, undefined, (draft) => {
    const { sender, recipients, message, messageId } = attemptStep(undefined, () => draft.compose());
    return { envelope: envelope ?? { sender, recipients }, message, messageId };
  });
}

function sendFed(component, mailer, { steps, envelope, messageId, feed }, options) {
  try {
    return withDraft(component, steps, feed, (draft) => {
      const receipt = component.smtpStreams.sendDraft(mailer, draft, options);
      return { envelope, messageId, receipt };
    });
  } finally {
    feed.port.close();
  }
}

function withDraft({ compose, smtpStreams }, steps, feed, use) {
  const draft = new compose.Draft();
  const perform = (name, args) => {
    if (name !== 'attachFrom') return draft[name](...args);
    return smtpStreams.attachFrom(draft, ...args.slice(0, -1), new Source(feed, args.at(-1)));
  };
  try {
    for (const { field, name, args } of steps) attemptStep(field, () => perform(name, args));
    return use(draft);
  } finally {
    draft[Symbol.dispose]();
  }
}

/** `field` is the mail's; without it, the error's own. */
function attemptStep(field, step) {
  try {
    return step();
  } catch (error) {
    if (error.payload === undefined) throw Object.assign(error, { field });
    throw failure(field ?? camel(error.payload.field), error.payload.reason);
  }
}

function failure(field, reason) {
  return { payload: { tag: 'invalid-argument', val: `${field}: ${reason}` }, field };
}

/** `reply-to` becomes `replyTo`. */
function camel(name) {
  return name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** A stream of the other thread. Each read returns at least one octet, so that nobody needs to `subscribe`. */
class Source extends streams.InputStream {
  #feed;
  #number;
  #rest = new Uint8Array();

  constructor(feed, number) {
    super();
    this.#feed = feed;
    this.#number = number;
  }

  read(most) {
    if (this.#rest.length === 0) this.#rest = this.#next();
    const piece = this.#rest.subarray(0, Number(most));
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  blockingRead(most) {
    return this.read(most);
  }

  #next() {
    const { piece, ended } = this.#ask();
    if (piece) return piece;
    if (ended) throw { tag: 'closed' };
    throw { tag: 'last-operation-failed', val: new io.Error('the stream failed') };
  }

  #ask() {
    const { port, signal } = this.#feed;
    const before = Atomics.load(signal, 0);
    port.postMessage(this.#number);
    Atomics.wait(signal, 0, before);
    return receiveMessageOnPort(port).message;
  }
}
