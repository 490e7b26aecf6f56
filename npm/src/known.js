// Objects with fields that envoi knows. Any other is an error, because a field that is ignored may be one that matters.

/** Throws if the object has a field that is not among these. */
export function known(what, object, fields) {
  if (typeof object !== 'object' || object === null) throw new TypeError(`${what}: an object is expected`);
  const other = Object.keys(object).find((name) => !fields.includes(name) && object[name] != null);
  if (other === undefined) return;
  throw new TypeError(
    `${what}: envoi has no field \`${other}\`; "Coming from nodemailer" tells what to do instead`,
  );
}
