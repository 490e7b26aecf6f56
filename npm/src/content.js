// Messages, as people have them.

// Each piece is a message to the Worker and an answer.
const PIECE = 64 * 1024;

const EXPECTED = 'a message is a string, a Uint8Array, or a stream or async iterable of these';

/** A copy: what the caller does with its own meanwhile changes nothing. */
export function bytes(content, expected = EXPECTED) {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return new Uint8Array(content);
  throw new TypeError(expected);
}

/** Certificates or a key: PEM is text, as files and environments have it. */
export function pem(content) {
  return bytes(content, 'certificates and keys are a string (PEM) or a Uint8Array (PEM or DER)');
}

export function isStream(content) {
  return typeof content === 'object' && content !== null && Symbol.asyncIterator in content;
}

export async function* pieces(stream) {
  let [waiting, size] = [[], 0];
  for await (const piece of stream) {
    waiting.push(bytes(piece));
    size += waiting.at(-1).length;
    if (size < PIECE) continue;
    yield Buffer.concat(waiting);
    [waiting, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(waiting);
}
