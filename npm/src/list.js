// `list` of a mail: the fields List-… (RFC 2369, RFC 2919), as nodemailer takes them.

import { invalid } from './error.js';
import { known } from './known.js';

const FIELDS = ['archive', 'help', 'id', 'owner', 'post', 'subscribe', 'unsubscribe'];

/** Returns the URLs of `unsubscribe`, and the other fields as pairs of name and text. */
export function list(given) {
  const value = known('list', given, FIELDS);
  const names = Object.keys(value).filter((name) => name !== 'unsubscribe');
  const fields = names.map((name) => [
    `List-${name[0].toUpperCase()}${name.slice(1)}`,
    text(name, value[name]),
  ]);
  return { urls: entries('unsubscribe', value.unsubscribe).map(({ url }) => url), fields };
}

function text(name, value) {
  const all = entries(name, value);
  if (name !== 'id')
    return all.map(({ url, comment }) => `<${url}>${comment ? ` (${comment})` : ''}`).join(', ');
  if (all.length !== 1) throw invalid('list.id', 'a list has one id: give one');
  const [{ url, comment }] = all;
  return `${comment ? `${comment} ` : ''}<${url}>`;
}

function entries(name, value) {
  if (value === undefined) return [];
  return [value].flat(Infinity).map((one) => entry(name, one));
}

function entry(name, one) {
  const { url, comment } = typeof one === 'string' ? { url: one } : (one ?? {});
  if (typeof url !== 'string') throw new TypeError(`list.${name}: a URL is a string or { url, comment }`);
  if (/[<>\s]/.test(url))
    throw invalid(`list.${name}`, 'a URL has no blanks and no angle brackets: encode them');
  if (comment && /[()<>\\\r\n]/.test(comment)) {
    throw invalid(`list.${name}`, 'a comment has no brackets, backslashes and line breaks: leave them out');
  }
  if (name === 'id' || url.includes(':')) return { url, comment };
  if (url.includes('@')) return { url: `mailto:${url}`, comment };
  throw invalid(`list.${name}`, 'a URL begins with its scheme: give one such as https://example.org/help');
}
