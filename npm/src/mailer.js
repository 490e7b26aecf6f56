// The resources of the interface as classes. Each has all functions of its resource; the functions written out
// here accept more types than the interface does.

import { bytes, pem } from './content.js';
import { deliver, setSigners } from './deliver.js';
import { signers } from './dkim.js';
import { SmtpError, closed } from './error.js';
import { prepared } from './mail.js';
import { methods } from './methods.js';
import { portable } from './options.js';
import { Resource, classes } from './resource.js';
import { sent } from './sent.js';
import { signalOf } from './settings.js';
import { Thread } from './thread.js';

class Url {
  constructor(text) {
    this.text = text;
  }
}

export class Mailer extends Resource {
  #thread;
  #forget;
  // The Worker's mailer has them too; a mail with keys of its own replaces them there.
  #signers = [];

  constructor(host, settings) {
    const signal = signalOf(settings);
    const thread = new Thread();
    const [name, text] = host instanceof Url ? ['fromUrl', host.text] : ['constructor', host];
    super(thread, thread.run((call) => call({ type: 'Mailer', name, args: [text] })));
    this.#thread = thread;
    this.#forget = thread.endOn(signal);
  }

  /** As `fromUrl`, but the first call reports what is wrong with the URL. */
  static opened(url, settings) {
    return new Mailer(new Url(url), settings);
  }

  static async fromUrl(url, settings) {
    const mailer = Mailer.opened(url, settings);
    try {
      await Resource.made(mailer);
    } catch (error) {
      await mailer.#end();
      throw error;
    }
    return mailer;
  }

  async send(mail, options) {
    const self = await Resource.made(this);
    return this.#thread.run((call) => deliver(call, self, mail, { options, usual: this.#signers }));
  }

  async sendAll(mails, options) {
    const self = await Resource.made(this);
    return this.#thread.run((call) => sendAll(call, self, [...mails], portable(options)));
  }

  async setDkim(dkim) {
    const self = await Resource.made(this);
    return this.#thread.run(async (call) => {
      const all = signers(dkim);
      await setSigners(call, self, all);
      this.#signers = all;
    });
  }

  async addTrustAnchors(certificates) {
    return Resource.call(this, 'addTrustAnchors', [pem(certificates)]);
  }

  async setClientCertificate(chain, key) {
    return Resource.call(this, 'setClientCertificate', [pem(chain), pem(key)]);
  }

  async close() {
    if (this.#thread.isEnded) return;
    try {
      await Resource.call(this, 'close', []);
    } finally {
      await this.#end();
    }
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  async #end() {
    this.#forget();
    await this.#thread.end(closed);
  }
}

/** A mail that cannot be sent has an error as its result, and the others are sent. */
async function sendAll(call, mailer, mails, options) {
  const results = [];
  const [ready, places] = [[], []];
  for (const [i, mail] of mails.entries()) {
    try {
      ready.push(await alike(mail));
      places.push(i);
    } catch (error) {
      if (!(error instanceof SmtpError)) throw error;
      results[i] = { tag: 'err', val: error };
    }
  }
  const answers = await call({ ...mailer, name: 'sendAllMails', args: [ready, options] });
  for (const [i, { tag, val }] of answers.entries()) {
    results[places[i]] = { tag, val: tag === 'ok' ? sent(val) : new SmtpError(val) };
  }
  return results;
}

/** One call has the same options and keys for all of its mails. */
function alike(mail) {
  for (const name of ['dkim', 'dsn']) {
    if (mail?.[name] != null) throw new TypeError(`sendAll: a mail has no \`${name}\`: set it for all of them`);
  }
  return prepared(mail, { mayStream: false });
}

export class Session extends Resource {
  async send(envelope, content, options) {
    return Resource.call(this, 'send', [envelope, bytes(content), options]);
  }
}

export class MessageWriter extends Resource {
  async write(content) {
    return Resource.call(this, 'write', [bytes(content)]);
  }
}

Object.assign(classes, { MessageWriter, Session });

for (const type of [Mailer, MessageWriter, Session]) {
  for (const name of methods[type.name]) {
    if (Object.hasOwn(type.prototype, name)) continue;
    const value = async function (...args) {
      return Resource.call(this, name, args);
    };
    Object.defineProperty(type.prototype, name, { value, configurable: true, writable: true });
  }
}
