// The letter that a form becomes (RFC 5322).
//
// What a visitor writes appears in it in base64 alone, or, the address, in letters that form.js has
// checked: it can hold no line end, and so no header of its own.

// Characters of an encoded word, which has room for 45 octets (RFC 2047, section 2).
const WORD = 11;
// Octets of a line in base64 (RFC 2045, section 6.8).
const LINE = 76;

// From is the form's own address: a visitor's would fail DMARC, as this server is not the
// visitor's. An answer goes to the visitor by Reply-To.
export function writeLetter({ name, address, message }, { from, to }) {
  const id = `<${crypto.randomUUID()}@${from.split('@').at(-1)}>`;
  const text = `${message}\n\n-- \n${name} <${address}>, by the contact form\n`;
  const lines = [
    `From: ${encodedWords('Contact form')} <${from}>`,
    `Reply-To: ${encodedWords(name)} <${address}>`,
    `To: <${to}>`,
    `Subject: ${encodedWords(`Message from ${name}`)}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${id}`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...pieces([...base64(text.replaceAll('\n', '\r\n'))], LINE),
    '',
  ];
  return { id, text: lines.join('\r\n') };
}

// One word has no room for a long text: several, a line each.
function encodedWords(text) {
  const words = pieces([...text], WORD).map((word) => `=?utf-8?B?${base64(word)}?=`);
  return words.join('\r\n ');
}

function base64(text) {
  const octets = new TextEncoder().encode(text);
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(''));
}

function pieces(characters, length) {
  const found = [];
  for (let start = 0; start < characters.length; start += length) {
    found.push(characters.slice(start, start + length).join(''));
  }
  return found;
}
