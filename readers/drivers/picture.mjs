// Makes a picture of a message as a mail program shows it: node picture.mjs MESSAGE PNG
//
// PACKAGES is the folder of postal-mime, which reads the message; setup/launch.mjs says what Chromium needs, which
// shows it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { launch } from '../../setup/launch.mjs';

const postalMime = createRequire(process.env.PACKAGES)('postal-mime');

const [file, picture] = process.argv.slice(2);
const message = await postalMime.parse(readFileSync(file), { attachmentEncoding: 'base64' });
const listed = message.attachments.filter((part) => !isShown(part));

const STYLE = `
  body { margin: 0; font: 15px/1.5 'DejaVu Sans', sans-serif; color: #1f2328; }
  h1 { margin: 0; padding: 20px 24px 8px; font-size: 20px; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 0; padding: 0 24px 16px; font-size: 13px; }
  dt { color: #59636e; }
  dd { margin: 0; }
  main { padding: 8px 24px 16px; border-top: 1px solid #d1d9e0; }
  pre { margin: 8px 0; font: inherit; white-space: pre-wrap; }
  ul { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; padding: 16px 24px 20px; border-top: 1px solid #d1d9e0; }
  li { list-style: none; padding: 6px 12px; border: 1px solid #d1d9e0; border-radius: 6px; font-size: 13px; color: #59636e; }
  li b { color: #1f2328; }
`;

const browser = await launch();
try {
  // Nothing of a message runs, and none of it is fetched.
  const context = await browser.newContext({
    javaScriptEnabled: false,
    offline: true,
    viewport: { width: 760, height: 300 },
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  await page.setContent(program());
  const missing = await page
    .locator('img')
    .evaluateAll((images) => images.filter((image) => !image.naturalWidth).map(({ src }) => src));
  if (missing.length > 0) throw new Error(`an image is not shown: ${missing[0].slice(0, 80)}`);
  await page.screenshot({ path: picture, fullPage: true });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/** The message within a mail program. */
function program() {
  const lines = [
    ['From', [message.from ?? []].flat()],
    ['To', message.to ?? []],
    ['Cc', message.cc ?? []],
  ].filter(([, addresses]) => addresses.length > 0);
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
    <h1>${escaped(message.subject ?? '')}</h1>
    <dl>${lines.map(([name, list]) => `<dt>${name}<dd>${list.map(shown).join(', ')}`).join('')}</dl>
    <main>${body()}</main>
    ${listed.length > 0 ? `<ul>${listed.map(item).join('')}</ul>` : ''}`;
}

function body() {
  if (!message.html) return `<pre>${escaped(message.text ?? '')}</pre>`;
  return message.html.replace(/\bcid:([^"'\s>)]+)/g, (reference, id) => {
    const part = message.attachments.find((part) => part.contentId === `<${id}>`);
    return part ? `data:${part.mimeType};base64,${part.content}` : reference;
  });
}

/** Whether the HTML shows it. */
function isShown({ contentId }) {
  const id = contentId?.replace(/^<|>$/g, '');
  return id !== undefined && (message.html ?? '').includes(`cid:${id}`);
}

function shown({ name, address, group }) {
  if (group) return `${escaped(name)}: ${group.map(shown).join(', ')}`;
  return name ? `<b>${escaped(name)}</b> &lt;${escaped(address)}&gt;` : escaped(address);
}

function item({ filename, mimeType, content }) {
  const octets = Buffer.from(content, 'base64').length;
  return `<li><b>${escaped(filename ?? mimeType)}</b> ${octets.toLocaleString('en')} octets</li>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}
