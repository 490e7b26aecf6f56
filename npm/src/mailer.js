// The resources of the interface as classes. Each has all functions of its resource; the functions written out
// here accept more types than the interface does.

import { bytes, isStream, pem } from './content.js';
import { deliver } from './deliver.js';
import { SmtpError, closed } from './error.js';
import { methods } from './methods.js';
import { portable } from './options.js';
import { Resource, classes } from './resource.js';
import { Thread } from './thread.js';

class Url {
  constructor(text) {
    this.text = text;
  }
}

export class Mailer extends Resource {
  #thread;
  #forget;

  constructor(host, { signal } = {}) {
    const thread = new Thread();
    const [name, text] = host instanceof Url ? ['fromUrl', host.text] : ['constructor', host];
    super(thread, thread.run((call) => call({ type: 'Mailer', name, args: [text] })));
    this.#thread = thread;
    this.#forget = thread.endOn(signal);
  }

  static async fromUrl(url, settings) {
    const mailer = new Mailer(new Url(url), settings);
    try {
      await Resource.made(mailer);
    } catch (error) {
      await mailer.#end();
      throw error;
    }
    return mailer;
  }

  async send(envelope, content, options) {
    if (!isStream(content)) {
      return Resource.call(this, 'send', [envelope, bytes(content), options]);
    }
    const self = await Resource.made(this);
    const asked = portable(options);
    return this.#thread.run((call) => deliver(call, self, envelope, content, asked));
  }

  async sendAll(messages, options) {
    const whole = messages.map(({ envelope, message }) => ({ envelope, message: bytes(message) }));
    const results = await Resource.call(this, 'sendAll', [whole, options]);
    return results.map(({ tag, val }) => ({ tag, val: tag === 'ok' ? val : new SmtpError(val) }));
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
