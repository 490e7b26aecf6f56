// A message that comes as a stream goes piece by piece: the next is asked for when the server has room.

import { pieces } from './content.js';

/** `call` is that of a task; `mailer` its number. */
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
