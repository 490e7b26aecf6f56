// The pages that a visitor sees.

import FORM from '../pages/form.html';
import NOTICE from '../pages/notice.html';

import { EMPTY_FORM } from './form.js';
import { fill, page } from './template.js';

const NO_ERRORS = { name: '', address: '', message: '' };

const UNDELIVERED = {
  'set-up': [
    500,
    'Your message was not sent: this form is not set up correctly. Please reach us another way.',
  ],
  later: [
    503,
    'Your message was not sent: our mail server cannot take it at the moment. It is kept below; ' +
      'please try again in a few minutes.',
  ],
  refused: [
    502,
    'Your message was not sent: our mail server did not take it. Please reach us another way.',
  ],
  unknown: [
    504,
    'Your message may have arrived: our mail server did not say. If you send it again, we may ' +
      'get it twice.',
  ],
};

export function emptyForm() {
  return form(200, EMPTY_FORM, NO_ERRORS, '');
}

export function wrongForm(filled, errors) {
  return form(422, filled, errors, 'Your message was not sent. Please correct this:');
}

export function undelivered(filled, kind) {
  const [status, sentence] = UNDELIVERED[kind];
  return form(status, filled, NO_ERRORS, sentence);
}

// Redirects to another page, so that reloading does not send the message again.
export function seeThanks() {
  return notice(303, 'Thank you', 'Your message was sent.', { location: 'thanks' });
}

export function thanks() {
  return notice(200, 'Thank you', 'Your message was sent. We answer by mail.');
}

export function fromElsewhere() {
  const text =
    'Your browser did not say that this form is from here. Please fill it in on our page.';
  return notice(403, 'Not from here', text);
}

export function notFound() {
  return notice(404, 'No such page', 'There is nothing at this address.');
}

export function wrongMethod() {
  const text = 'This page can be read, and the form on it sent; nothing else.';
  return notice(405, 'Not possible', text, { allow: 'GET, HEAD, POST' });
}

export function brokenOff() {
  const text = 'Your message did not arrive here as a whole. Please send it again.';
  return notice(400, 'Incomplete', text);
}

export function tooLarge() {
  const text =
    'Your message was not sent: it is too large. Please go back and shorten it to 10,000 characters.';
  return notice(413, 'Too large', text);
}

export function noForm() {
  return notice(415, 'No form', "What was sent here is not this page's form.");
}

function notice(status, heading, text, headers) {
  return page(status, heading, fill(NOTICE, { heading, text }), headers);
}

function form(status, filled, errors, sentence) {
  const values = { notice: sentence };
  const first = Object.keys(errors).find((field) => errors[field]);
  for (const [field, error] of Object.entries(errors)) {
    values[field] = filled[field];
    values[`${field}-error`] = error;
    values[`${field}-invalid`] = error ? 'true' : 'false';
    values[`${field}-focus`] = field === first ? 'autofocus' : '';
  }
  return page(status, sentence ? 'Error: write to us' : 'Write to us', fill(FORM, values));
}
