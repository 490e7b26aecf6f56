// Where the content of a text, an attachment or a finished message comes from.

import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { bytes, isStream } from './content.js';
import { invalid } from './error.js';
import { known } from './known.js';

/** The fields of a place that content comes from. */
export const SOURCE = ['content', 'path', 'encoding'];

/** Returns bytes or a stream of `{ content, encoding }` or `{ path }`. */
export async function source(field, place, { disableFileAccess } = {}) {
  const { content, path, encoding } = known(field, place, SOURCE);
  if (content !== undefined && path !== undefined) {
    throw invalid(field, 'it has `content` and `path`: leave one out');
  }
  if (path !== undefined) return fromPath(field, path, disableFileAccess);
  if (content === undefined) throw invalid(field, 'it has neither `content` nor `path`: give one');
  if (isStream(content)) return quiet(content);
  if (typeof content === 'string') return Buffer.from(content, encoding);
  return bytes(
    content,
    `${field}: content is a string, a Uint8Array, or a stream or async iterable of these`,
  );
}

/** As `source`, but also takes the content itself. */
export function anySource(field, value, access) {
  const isPlace = typeof value === 'object' && value !== null && ('content' in value || 'path' in value);
  return source(field, isPlace && !isStream(value) ? value : { content: value }, access);
}

/** All bytes of what `source` returned. */
export async function whole(content) {
  if (!isStream(content)) return content;
  const pieces = [];
  for await (const piece of content) pieces.push(bytes(piece));
  return Buffer.concat(pieces);
}

async function fromPath(field, path, isDisabled) {
  if (/^data:/i.test(path)) return Buffer.from(await (await fetch(path)).arrayBuffer());
  if (/^https?:/i.test(path)) {
    throw invalid(field, 'envoi fetches nothing: give `content: (await fetch(url)).body`');
  }
  if (isDisabled) throw invalid(field, 'it has a `path`, but `disableFileAccess` is set: give `content`');
  // A missing file is noticed before the server is asked anything.
  await access(path, constants.R_OK);
  return read(path);
}

/** Opens the file when it is read. */
async function* read(path) {
  yield* createReadStream(path);
}

/** A stream that fails before it is read would end the program. Whoever reads it gets the error. */
function quiet(stream) {
  stream.on?.('error', () => {});
  return stream;
}
