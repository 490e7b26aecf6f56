// Messages and certificates in the forms that JavaScript programs have: strings, bytes, streams.

// Bytes of a stream that are sent to the Worker at once. Each piece costs a message to it and an answer.
const PIECE = 64 * 1024;

const EXPECTED = 'a message is a string, a Uint8Array, or a stream or async iterable of these';

/** Returns a copy, so that the caller may change its own bytes while they are sent. */
export function bytes(content, expected = EXPECTED) {
  if (typeof content === 'string') return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return new Uint8Array(content);
  throw new TypeError(expected);
}

/** Certificates or a key: PEM as text or bytes, DER as bytes. */
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
