// Objects with fields that envoi knows. Any other is an error, because a field that is ignored may be one that matters.

/**
 * Returns the object without what is null or undefined, because programs say so for what is left out. Throws if it has
 * a field that is not among these.
 */
export function known(what, object, fields) {
  if (typeof object !== 'object' || object === null) throw new TypeError(`${what}: an object is expected`);
  const given = Object.entries(object).filter(([, value]) => value != null);
  const other = given.find(([name]) => !fields.includes(name));
  if (other === undefined) return Object.fromEntries(given);
  throw new TypeError(
    `${what}: envoi has no field \`${other[0]}\`; "Coming from nodemailer" tells what to do instead`,
  );
}
