// What may be set beside the arguments of a call: `{ signal }`.

/**
 * Returns the signal, if there is one. Throws if there is anything else, because a timeout that is ignored is a call that
 * never ends.
 */
export function signalOf(settings) {
  if (settings == null) return undefined;
  if (typeof settings !== 'object') throw new TypeError('settings: an object is expected, such as { signal }');
  if (isSignal(settings)) throw new TypeError('settings: give the AbortSignal as { signal }');
  const other = Object.keys(settings).find((name) => name !== 'signal');
  if (other !== undefined) {
    throw new TypeError(
      `settings: envoi has no setting \`${other}\`; for a timeout, give { signal: AbortSignal.timeout(milliseconds) }`,
    );
  }
  const { signal } = settings;
  if (signal != null && !isSignal(signal)) throw new TypeError('settings: `signal` is no AbortSignal');
  return signal ?? undefined;
}

/** Of any realm, and of any implementation. */
function isSignal(value) {
  return typeof value === 'object' && 'aborted' in value && typeof value.addEventListener === 'function';
}
