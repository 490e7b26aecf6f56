// `dsn` of a mail: delivery status notifications (RFC 3461), as nodemailer takes them.

import { known } from './known.js';
import { Options } from './options.js';

/** The options of the call, and what the mail asks for. */
export function withDsn(dsn, options) {
  if (dsn == null) return options;
  const { id, return: contents, notify } = known('dsn', dsn, ['id', 'return', 'notify']);
  const all = new Options();
  if (options) for (const { name, args } of Options.settings(options)) all[name](...args);
  if (id !== undefined) all.setEnvelopeId(id);
  if (contents !== undefined) all.setDsnContents(contents === 'hdrs' ? 'headers' : contents);
  if (notify === undefined) return all;
  const flags = [notify].flat().map((flag) => [flag.toLowerCase(), true]);
  return all.setNotify(undefined, Object.fromEntries(flags));
}
