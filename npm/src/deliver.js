// Sends a mail by a mailer in the Worker. A stream is read as fast as the server accepts it.

import { isStream, pieces } from './content.js';
import { signers } from './dkim.js';
import { withDsn } from './dsn.js';
import { Feed } from './feed.js';
import { prepared } from './mail.js';
import { portable } from './options.js';
import { sent } from './sent.js';

/**
 * `call` calls the component from within a task; `mailer` is the mailer's resource there, and `usual` are the signers
 * that it has.
 */
export async function deliver(call, mailer, mail, { options, usual = [] } = {}) {
  const own = mail?.dkim == null ? undefined : signers(mail.dkim);
  // A signature comes before the message, so that all of the message has to be known.
  const ready = await prepared(mail, { mayStream: (own ?? usual).length === 0 });
  const settings = portable(withDsn(mail?.dsn, options));
  if (!own) return sent(await deliverPrepared(call, mailer, ready, settings));
  await setSigners(call, mailer, own);
  try {
    return sent(await deliverPrepared(call, mailer, ready, settings));
  } finally {
    await setSigners(call, mailer, usual).catch(() => {});
  }
}

/** `usual` are the signers as in `signers`. */
export function setSigners(call, mailer, usual) {
  return call({ ...mailer, name: 'setSigners', args: [usual] });
}

/** `ready` is what `prepared` returned. */
export function deliverPrepared(call, mailer, ready, options) {
  if (ready.streams?.length > 0) return sendFed(call, mailer, ready, options);
  if (isStream(ready.message)) return sendInPieces(call, mailer, ready, options);
  return call({ ...mailer, name: 'sendMail', args: [ready, options] });
}

async function sendFed(call, mailer, { streams, ...ready }, options) {
  const feed = new Feed(streams);
  try {
    const args = [{ ...ready, feed: feed.given }, options];
    return await call({ ...mailer, name: 'sendMail', args, transfer: [feed.given.port] });
  } catch (error) {
    throw feed.failure ?? error;
  } finally {
    feed.end();
  }
}

/** The next piece is read when the server has accepted the last one. */
async function sendInPieces(call, mailer, { envelope, message: content }, options) {
  const message = await call({ ...mailer, name: 'startMessage', args: [envelope, options] });
  try {
    for await (const piece of pieces(content)) {
      await call({ ...message, name: 'write', args: [piece] });
    }
    return { receipt: await call({ ...message, name: 'finish', args: [] }), envelope };
  } catch (error) {
    await call({ ...message, name: 'drop', args: [] }).catch(() => {});
    throw error;
  }
}
