// A contact form: a page with a form, and a handler that sends what a visitor writes.
//
//   GET /        ->  the form
//   POST /       ->  checks  ->  a message  ->  the mail server  ->  303 to /thanks
//   GET /thanks  ->  thanks
//
// Nothing is kept between requests. guard.js keeps spam away. envoi:mail/compose composes the message, so
// that no visitor can add a header field.

import { readConfiguration } from './configuration.js';
import { deliver, Fault } from './delivery.js';
import { errorsOf, parseForm } from './form.js';
import { admit } from './guard.js';
import { composeMessage } from './message.js';
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
    // The same answer as for a sent message, so that the program does not learn of the field.
    say('a program filled in the hidden field: nothing was sent');
    return page.seeThanks();
  }
  const errors = errorsOf(form);
  if (Object.values(errors).some(Boolean)) return page.wrongForm(form, errors);
  try {
    const configuration = readConfiguration();
    const composed = composeMessage(form, configuration);
    say(`sent ${composed.messageId}: ${deliver(configuration, composed)}`);
    return page.seeThanks();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    say(`${fault.outcome}: ${fault.message}`);
    return page.undelivered(form, fault.kind);
  }
}

// Prints a line for the operator on standard error.
function say(line) {
  // A server's words are shown on terminals, which obey control characters.
  console.error(`contact-form: ${line.replace(/\p{Cc}/gu, '\ufffd')}`);
}
