// Composes the message (RFC 5322) from the form.
//
// The visitor's name and text are in base64, and form.js has checked the address. So they contain no
// line end, and cannot add a header field.

// Characters of an encoded word, which has room for 45 octets: up to four each (RFC 2047, section 2).
const WORD = 11;
// Octets of a line of base64 (RFC 2045, section 6.8).
const LINE = 76;

// From is the form's own address. The visitor's address fails DMARC, because this server may not
// send for its domain. Reply-To directs answers to the visitor.
export function composeMessage({ name, address, message }, { from, to }) {
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

// Makes several encoded words of a long text, one a line, because the length of each is limited.
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
