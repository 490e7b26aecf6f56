// A contact form: a page, and a letter of what a visitor writes.
//
//   GET /        ->  the form
//   POST /       ->  checked  ->  a letter  ->  the mail server  ->  303 to /thanks
//   GET /thanks  ->  thanks
//
// Nothing is kept between requests. What keeps spam away is in guard.js, and why no visitor can
// write a header of the letter, in letter.js.

import { readConfiguration } from './configuration.js';
import { deliver, Fault } from './delivery.js';
import { errorsOf, parseForm } from './form.js';
import { admit } from './guard.js';
import { writeLetter } from './letter.js';
import * as page from './page.js';

addEventListener('fetch', (event) => event.respondWith(respond(event.request)));

async function respond(request) {
  const isRead = ['GET', 'HEAD'].includes(request.method);
  switch (new URL(request.url).pathname) {
    case '/':
      if (isRead) return page.emptyForm();
      return request.method === 'POST' ? submit(request) : page.wrongMethod();
    case '/thanks':
      return isRead ? page.thanks() : page.wrongMethod();
    default:
      return page.notFound();
  }
}

async function submit(request) {
  const { body, refusal } = await admit(request);
  if (refusal) return refusal;
  const form = parseForm(body);
  if (form.website) {
    // As if it had been sent: whoever filled in that field has nothing to learn here.
    say('a program filled in the hidden field: nothing was sent');
    return page.seeThanks();
  }
  const errors = errorsOf(form);
  if (Object.values(errors).some(Boolean)) return page.wrongForm(form, errors);
  try {
    const configuration = readConfiguration();
    const letter = writeLetter(form, configuration);
    say(`sent ${letter.id}: ${deliver(configuration, letter.text)}`);
    return page.seeThanks();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    say(`${fault.outcome}: ${fault.message}`);
    return page.undelivered(form, fault.kind);
  }
}

// A line for whoever runs this, on standard error.
function say(line) {
  // What a server says is shown on terminals, which obey control characters.
  console.error(`contact-form: ${line.replace(/\p{Cc}/gu, '\ufffd')}`);
}
