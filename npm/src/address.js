// Addresses as nodemailer takes them: 'Ann <ann@example.org>', lists with commas, { name, address }, and arrays.

import emailAddresses from 'email-addresses';
import { invalid } from './error.js';

// Characters of one text: the parser takes a tenth of a second for this many.
const LONGEST = 5_000;

const BAD =
  "it is not a list of addresses such as 'Ann <ann@example.org>, bob@example.org': " +
  'put a name with special characters between quotation marks, or give { name, address }';

/** Returns the interface's addresses, and groups: { group, members }. */
export function addresses(field, value) {
  if (Array.isArray(value)) return value.flatMap((one) => addresses(field, one));
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return parsed(field, value);
  if (typeof value.address !== 'string') {
    throw new TypeError(`${field}: an address is a string, { name, address }, or an array of these`);
  }
  return [address(value.name, value.address)];
}

/** As `addresses`, but a group is an error. */
export function mailboxes(field, value) {
  const all = addresses(field, value);
  if (all.some(({ members }) => members)) throw invalid(field, 'only `to` can have a group');
  return all;
}

function parsed(field, text) {
  if (text.length > LONGEST) {
    throw invalid(field, `it is longer than ${LONGEST} characters: give an array of addresses`);
  }
  // The parser calls itself for each character.
  const list = emailAddresses.parseAddressList({ input: text, rfc6532: true });
  if (!list) throw invalid(field, BAD);
  return list.map((one) => (one.type === 'group' ? group(field, one, text) : mailbox(field, one, text)));
}

function group(field, { name, addresses: members }, text) {
  return { group: name, members: members.map((one) => mailbox(field, one, text)) };
}

function mailbox(field, one, text) {
  // The parser removes quotation marks and comments: `"a b"@example.org` would become another address.
  if (!text.includes(one.address)) {
    throw invalid(field, 'an address has quotation marks or comments before the @: leave them out');
  }
  return address(one.name, one.address);
}

function address(name, mailbox) {
  return { name: name || undefined, mailbox };
}
