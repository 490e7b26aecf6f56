// Sends a stream as a message in pieces. The next piece is read when the server has accepted the last one.

import { pieces } from './content.js';

/** `call` calls the component from within a task; `mailer` is the mailer's resource there. */
export async function deliver(call, mailer, envelope, content, options) {
  const message = await call({ ...mailer, name: 'startMessage', args: [envelope, options] });
  try {
    for await (const piece of pieces(content)) {
      await call({ ...message, name: 'write', args: [piece] });
    }
    return await call({ ...message, name: 'finish', args: [] });
  } catch (error) {
    await call({ ...message, name: 'drop', args: [] }).catch(() => {});
    throw error;
  }
}
