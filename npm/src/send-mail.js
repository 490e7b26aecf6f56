// `sendMail`, over Workers that are reused, because a start takes a tenth of a second.

import { bytes, isStream } from './content.js';
import { deliver } from './deliver.js';
import { aborted } from './error.js';
import { Thread } from './thread.js';

const MAX_WORKERS = 4;

let running = 0;
const idle = [];
// The calls that wait for a free Worker.
const waiting = [];

export async function sendMail(server, sender, recipients, content, { signal } = {}) {
  const message = isStream(content) ? content : bytes(content);
  if (signal?.aborted) throw aborted(signal.reason)(false);
  const thread = await take();
  const forget = thread.endOn(signal);
  try {
    return await thread.run((call) => send(call, { server, sender, recipients, message }));
  } finally {
    forget();
    give(thread);
  }
}

function send(call, { server, sender, recipients, message }) {
  if (isStream(message)) return sendStream(call, { server, sender, recipients, message });
  return call({ name: 'sendMail', args: [server, sender, recipients, message, undefined] });
}

async function sendStream(call, { server, sender, recipients, message }) {
  const mailer = await call({ type: 'Mailer', name: 'fromUrl', args: [server] });
  try {
    const envelope = { sender: sender === '' ? undefined : sender, recipients };
    const receipt = await deliver(call, mailer, envelope, message);
    await call({ ...mailer, name: 'close', args: [] });
    return receipt;
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
