// `createTransport` with nodemailer's options, for programs that were written for nodemailer.

import { known } from './known.js';
import { Mailer } from './mailer.js';

const OF_SERVER = ['host', 'port', 'secure', 'requireTLS', 'ignoreTLS', 'opportunisticTLS', 'lmtp', 'name', 'tls'];
const OF_LIMITS = ['connectionTimeout', 'greetingTimeout', 'socketTimeout', 'pool', 'maxMessages'];
const OF_MAILS = ['auth', 'dkim', 'disableFileAccess', 'disableUrlAccess'];
const OF_AUTH = ['type', 'user', 'pass', 'accessToken', 'method'];
const OF_TLS = ['ca', 'cert', 'key', 'servername', 'minVersion', 'rejectUnauthorized'];

const VERSIONS = { 'TLSv1.2': 'tls12', 'TLSv1.3': 'tls13' };

export function createTransport(options, defaults) {
  return new Transport(options, defaults);
}

export default { createTransport };

class Transport {
  #mailer;
  #ready;
  #defaults;
  // A mail cannot lift these.
  #limits;

  constructor(given, defaults = {}) {
    const isUrl = typeof given === 'string';
    const options = isUrl ? {} : known('createTransport', given, [...OF_SERVER, ...OF_LIMITS, ...OF_MAILS]);
    this.#defaults = defaults;
    this.#limits = options.disableFileAccess ? { disableFileAccess: true } : {};
    const all = isUrl ? [] : settings(options);
    this.#mailer = Mailer.opened(isUrl ? given : url(options));
    this.#ready = Promise.all(all.map(([name, ...args]) => this.#mailer[name](...args)));
    // `sendMail` reports it.
    this.#ready.catch(() => {});
  }

  /** envoi's own interface to the same connection. */
  get mailer() {
    return this.#mailer;
  }

  sendMail(mail, done) {
    return answered(this.#send(mail), done);
  }

  /** Connects, and authenticates if there are credentials. */
  verify(done) {
    return answered(this.#verify(), done);
  }

  async close() {
    // After the mails that were given before.
    await this.#ready.catch(() => {});
    return this.#mailer.close();
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  async #send(mail) {
    await this.#ready;
    return this.#mailer.send({ ...withDefaults(mail, this.#defaults), ...this.#limits });
  }

  async #verify() {
    await this.#ready;
    const session = await this.#mailer.connect();
    await session.quit();
    return true;
  }
}

function answered(promise, done) {
  if (typeof done !== 'function') return promise;
  promise.then(
    (result) => done(null, result),
    (error) => done(error),
  );
  return undefined;
}

/** Header fields of the defaults are added to the mail's own. */
function withDefaults(mail, defaults) {
  const all = { ...defaults, ...mail };
  const areFields = [mail?.headers, defaults.headers].every((one) => one && !Array.isArray(one));
  return areFields ? { ...all, headers: { ...defaults.headers, ...mail.headers } } : all;
}

/** Whether TLS begins with the first byte. */
function isSecure({ port, secure = Number(port) === 465 }) {
  return secure;
}

/** Without STARTTLS at a loopback address, a URL's mailer sends in clear. */
function url(options) {
  const { host = 'localhost', port } = options;
  const secure = isSecure(options);
  const address = host.includes(':') ? `[${host}]` : host;
  return `${secure ? 'smtps' : 'smtp'}://${address}:${port ?? (secure ? 465 : 587)}`;
}

/** The mailer's functions to call, each with its arguments. */
function settings(options) {
  const { lmtp, name, auth, tls, dkim, maxMessages } = options;
  const all = [...timeouts(options)];
  // The options are about STARTTLS, which a secure connection has no use for.
  if (!isSecure(options)) all.push(...startTls(options));
  if (lmtp) all.push(['setProtocol', 'lmtp']);
  if (name !== undefined) all.push(['setLocalName', name]);
  if (maxMessages !== undefined) all.push(['setConnectionLimits', undefined, maxMessages]);
  if (auth !== undefined) all.push(...authentication(auth));
  if (tls !== undefined) all.push(...security(tls));
  if (dkim !== undefined) all.push(['setDkim', dkim]);
  return all;
}

function startTls({ requireTLS, ignoreTLS, opportunisticTLS }) {
  if (requireTLS) return [['setSecurity', 'starttls']];
  if (ignoreTLS) return [['setSecurity', 'plaintext']];
  return opportunisticTLS ? [['setSecurity', 'opportunistic']] : [];
}

function* timeouts({ connectionTimeout, greetingTimeout, socketTimeout }) {
  const limits = { connect: connectionTimeout, tls: connectionTimeout, greeting: greetingTimeout };
  for (const name of ['command', 'data', 'block', 'acceptance']) limits[name] = socketTimeout;
  for (const [name, milliseconds] of Object.entries(limits)) {
    if (milliseconds !== undefined) yield ['setTimeout', name, BigInt(Math.round(milliseconds * 1e6))];
  }
}

function authentication(auth) {
  const { type = 'login', user, pass, accessToken, method } = known('auth', auth, OF_AUTH);
  const mechanisms = method === undefined ? [] : [['setMechanisms', [method.toUpperCase()]]];
  switch (type.toLowerCase()) {
    case 'login':
      return [
        ...mechanisms,
        ['setCredentials', { tag: 'password', val: { username: user, password: pass } }],
      ];
    case 'oauth2':
      return [
        ...mechanisms,
        ['setCredentials', { tag: 'bearer', val: { username: user, token: accessToken } }],
      ];
    default:
      throw new TypeError("auth: `type` is 'login' or 'OAuth2'");
  }
}

function security(tls) {
  const { ca, cert, key, servername, minVersion, rejectUnauthorized } = known('tls', tls, OF_TLS);
  if (rejectUnauthorized === false) {
    throw new TypeError("tls: certificates are always checked: give the server's own certificate as `ca`");
  }
  const all = [ca ?? []].flat().map((one) => ['addTrustAnchors', one]);
  if (all.length > 0) all.push(['setBundledRoots', false]);
  if (cert !== undefined) all.push(['setClientCertificate', cert, key]);
  if (servername !== undefined) all.push(['setServerName', servername]);
  if (minVersion === undefined) return all;
  if (!Object.hasOwn(VERSIONS, minVersion))
    throw new TypeError("tls: `minVersion` is 'TLSv1.2' or 'TLSv1.3'");
  return [...all, ['setMinimumTls', VERSIONS[minVersion]]];
}
