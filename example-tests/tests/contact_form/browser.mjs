// A visitor fills in the form in Chromium: node browser.mjs WORKING DEAD [PICTURE]
//
// WORKING is the address of a form whose mail server accepts messages, DEAD of one whose mail server is down,
// and PICTURE is a file for a picture of the form with its errors.

import assert from 'node:assert/strict';
import { launch } from '../../../setup/launch.mjs';

const [working, dead, picture] = process.argv.slice(2);
const MESSAGE = 'Good day,\nis the engine for sale, and does it run on steam?\nGrüße';
const browser = await launch();
try {
  // The form needs no script.
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 640, height: 600 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints = [];
  page.on('console', (message) => complaints.push(message.text()));

  await page.goto(working);
  await isStyled(page);
  await fill(page, { name: 'Ada Lovelace', address: 'ada@example', message: MESSAGE });
  await send(page);
  await hasError(page);
  if (picture) await page.screenshot({ path: picture, fullPage: true });
  await page.keyboard.press('End');
  await page.keyboard.type('.org');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/thanks');
  await page.reload();
  await page.getByRole('link', { name: 'To the form' }).click();
  await hasValues(page, { name: '', address: '', message: '' });

  await page.goto(dead);
  const message = { name: 'Grace', address: 'grace@example.org', message: 'Is anyone there?' };
  await fill(page, message);
  await send(page);
  const notice = await page.getByRole('alert').innerText();
  assert.match(notice, /^Your message was not sent: our mail server cannot take it/);
  await hasValues(page, message);

  // Chromium logs pages with such a status; it also logs violations of the page's policy.
  const others = complaints.filter((text) => !/status of (422|503)/.test(text));
  assert.deepEqual(others, []);
} finally {
  await browser.close();
}

/** Finds a field by its label, as a visitor or a screen reader does. */
function field(page, name) {
  const labels = { name: 'Your name', address: 'Your email address', message: 'Your message' };
  return page.getByRole('textbox', { name: labels[name] });
}

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await field(page, name).fill(value);
}

async function hasValues(page, values) {
  for (const [name, value] of Object.entries(values)) {
    assert.equal(await field(page, name).inputValue(), value);
  }
}

async function send(page) {
  await page.getByRole('button', { name: 'Send' }).click();
}

/** The policy has to allow the page's own style. */
async function isStyled(page) {
  const { width } = await page.locator('main').boundingBox();
  assert.equal(width, 36 * 16);
  assert.equal(await page.getByRole('alert').count(), 0);
}

async function hasError(page) {
  assert.equal(await page.title(), 'Error: write to us');
  const sentence = 'Enter an address like ada@example.org.';
  await page.getByRole('alert').getByRole('link', { name: sentence }).waitFor();
  const address = field(page, 'address');
  assert.equal(await address.getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('[aria-invalid=true]').count(), 1);
  assert.equal(await page.locator('#address-error').innerText(), sentence);
  assert.equal(await page.locator(':focus').getAttribute('id'), 'address');
  await hasValues(page, {
    name: 'Ada Lovelace',
    address: 'ada@example',
    message: MESSAGE,
  });
}
