// What is not let in: without a session, a database or a puzzle for the visitor.
//
// - Another site's page cannot have its visitors' browsers send from here: they name that site.
// - A body is read up to a limit, so that no one can fill this instance's memory.
// - `website` is a field that only programs see (form.html).
// - The letter goes to one address, which the visitor does not choose, and no copy to the visitor,
//   whose address anyone could have written: so there is nothing here to send spam through.
//
// How often someone may write has to be counted outside, where more than one request is seen: at
// the proxy in front (nginx: limit_req).

import * as page from './page.js';

// A name of 100 characters and a message of 10,000 that are four octets each, of which a browser
// makes twelve, and an address, have 122,000.
const LARGEST_BODY = 128 * 1024;
// So much of a body that is too large is read and thrown away: browsers show no answer that comes
// before they have sent all.
const THROWN_AWAY = 1024 * 1024;

// The body of what came from this form, or a page that says why not.
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

// Browsers say which page a form is from; the scheme is not compared, as a proxy may have ended TLS.
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
    if (length > LARGEST_BODY + THROWN_AWAY) break;
  }
  return length <= LARGEST_BODY ? text + decoder.decode() : undefined;
}
