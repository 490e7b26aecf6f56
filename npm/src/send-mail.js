// `sendMail`, over Workers that are reused, because a start takes a tenth of a second.

import { isStream } from './content.js';
import { deliver, deliverPrepared } from './deliver.js';
import { aborted } from './error.js';
import { prepared } from './mail.js';
import { sent } from './sent.js';
import { signalOf } from './settings.js';
import { Thread } from './thread.js';

const MAX_WORKERS = 4;

let running = 0;
const idle = [];
// The calls that wait for a free Worker.
const waiting = [];

export async function sendMail(server, mail, settings) {
  if (typeof server !== 'string') {
    throw new TypeError(`sendMail: the server is a URL, such as smtps://user:password@mail.example.org, not ${kind(server)}`);
  }
  const signal = signalOf(settings);
  if (signal?.aborted) throw aborted(signal.reason)(false);
  const thread = await take();
  const forget = thread.endOn(signal);
  try {
    return await thread.run((call) => send(call, server, mail));
  } finally {
    forget();
    give(thread);
  }
}

/** Without its value, which may be a secret. */
function kind(value) {
  return value == null ? String(value) : `of the type ${typeof value}`;
}

async function send(call, server, mail) {
  if (mail?.dkim != null || mail?.dsn != null) {
    return byMailer(call, server, (mailer) => deliver(call, mailer, mail));
  }
  const ready = await prepared(mail, { mayStream: true });
  if (isStream(ready.message) || ready.streams?.length > 0) {
    return byMailer(call, server, async (mailer) => sent(await deliverPrepared(call, mailer, ready)));
  }
  return sent(await call({ name: 'sendOnce', args: [server, ready] }));
}

async function byMailer(call, server, use) {
  const mailer = await call({ type: 'Mailer', name: 'fromUrl', args: [server] });
  try {
    const result = await use(mailer);
    await call({ ...mailer, name: 'close', args: [] });
    return result;
  } finally {
    await call({ ...mailer, name: 'drop', args: [] }).catch(() => {});
  }
}

async function take() {
  if (running < MAX_WORKERS) {
    running += 1;
    return idle.pop() ?? new Thread();
  }
  return new Promise((resolve) => waiting.push(resolve));
}

function give(thread) {
  const free = thread.isEnded ? undefined : thread;
  const next = waiting.shift();
  if (next) return next(free ?? new Thread());
  running -= 1;
  if (free) idle.push(free);
}
