// The fields of the form, and their checks.

const LONGEST_NAME = 100;
const LONGEST_MESSAGE = 10_000;
// RFC 5321, section 4.5.3.1: envoi's limits too.
const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;

export const EMPTY_FORM = { name: '', address: '', message: '', website: '' };

// Lines of the message end in LF.
export function parseForm(body) {
  const fields = new URLSearchParams(body);
  const field = (name) => (fields.get(name) ?? '').trim();
  return {
    name: field('name'),
    address: field('address'),
    message: field('message').replaceAll('\r\n', '\n'),
    website: field('website'),
  };
}

// A sentence for each field; empty if the field is valid.
export function errorsOf(form) {
  return {
    name: nameError(form.name),
    address: addressError(form.address),
    message: messageError(form.message),
  };
}

function nameError(name) {
  if (!name) return 'Enter your name.';
  if ([...name].length > LONGEST_NAME) return 'Your name has more than 100 characters: shorten it.';
  // U+2028 and U+2029 are line breaks that are not control characters.
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) {
    return 'Your name holds a line break or another control character: remove it.';
  }
  return '';
}

function addressError(address) {
  if (!address) return 'Enter your email address.';
  return isAddress(address) ? '' : 'Enter an address like ada@example.org.';
}

function messageError(message) {
  if (!message) return 'Enter a message.';
  if ([...message].length > LONGEST_MESSAGE) {
    return 'Your message has more than 10,000 characters: shorten it.';
  }
  if (/[^\P{Cc}\n\t]/u.test(message)) return 'Your message holds a control character: remove it.';
  return '';
}

// Stricter than RFC 5321, which allows addresses that nobody uses: no quotes, no comments, and only
// ASCII, because not every server takes a header in UTF-8.
function isAddress(address) {
  const atom = "[A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~]+";
  const label = '[A-Za-z0-9-]+';
  return (
    new RegExp(`^${atom}(\\.${atom})*@${label}(\\.${label})+$`).test(address) &&
    address.indexOf('@') <= LONGEST_LOCAL_PART &&
    address.length <= LONGEST_ADDRESS
  );
}
