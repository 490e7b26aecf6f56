// Refuses spam and attacks, without a session, a database or a puzzle for the visitor.
//
// - A form of another site is refused: the browser names that site in the request.
// - A body is read up to a limit, so that it cannot fill the instance's memory.
// - `website` is a field that only programs see and fill in (form.html).
// - The message goes to one address, which the visitor does not choose. The visitor gets no copy,
//   because anyone could have written that address. So the form cannot send spam to others.
//
// An instance sees one request only, so the proxy in front limits how often a visitor may write
// (nginx: limit_req).

import * as page from './page.js';

// A name of 100 characters, a message of 10,000 and an address have 122,000 octets at most: a character
// has up to four octets, of which a browser makes twelve.
const LARGEST_BODY = 128 * 1024;
// Octets of a too large body that are read and discarded: browsers show an answer only after they have
// sent everything.
const DISCARDED = 1024 * 1024;

// The body of a request from this form, or a page that refuses it.
export async function admit(request) {
  if (!isFromHere(request)) return { refusal: page.fromElsewhere() };
  if (!isForm(request.headers.get('content-type') ?? '')) return { refusal: page.noForm() };
  try {
    const body = await read(request);
    return body === undefined ? { refusal: page.tooLarge() } : { body };
  } catch {
    return { refusal: page.brokenOff() };
  }
}

// Browsers name the page of a form. The scheme is not compared, because a proxy may end TLS.
function isFromHere(request) {
  const source = request.headers.get('origin') || request.headers.get('referer') || '';
  const authority = source.split('://')[1]?.split('/')[0];
  return authority?.toLowerCase() === new URL(request.url).host;
}

function isForm(contentType) {
  return contentType.split(';')[0].trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

async function read(request) {
  const decoder = new TextDecoder();
  let [text, length] = ['', 0];
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    length += value.length;
    if (length <= LARGEST_BODY) text += decoder.decode(value, { stream: true });
    if (length > LARGEST_BODY + DISCARDED) break;
  }
  return length <= LARGEST_BODY ? text + decoder.decode() : undefined;
}
