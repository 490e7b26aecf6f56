// Reads the messages of a folder with a package of npm: node node.mjs READER FOLDER
//
// It prints one line of JSON for each message. PACKAGES is the folder of the packages.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, parse } from 'node:path';

const require = createRequire(process.env.PACKAGES);

const readers = {
  async mailparser(octets) {
    // Without these, it derives each form of the text from the other, and replaces references to images.
    const options = { skipHtmlToText: true, skipTextToHtml: true, keepCidLinks: true };
    const message = await require('mailparser').simpleParser(octets, options);
    const addresses = (field) => mailboxes([field ?? []].flat().flatMap((list) => list.value));
    return {
      subject: message.subject,
      from: addresses(message.from),
      to: addresses(message.to),
      cc: addresses(message.cc),
      text: message.text,
      // False if there is none.
      html: message.html || null,
      attachments: message.attachments.map((part) =>
        attachment(part.filename, part.contentType, part.content, part.contentId),
      ),
    };
  },

  async 'postal-mime'(octets) {
    const message = await require('postal-mime').parse(octets);
    return {
      subject: message.subject,
      from: mailboxes([message.from ?? []].flat()),
      to: mailboxes(message.to),
      cc: mailboxes(message.cc),
      text: message.text,
      html: message.html,
      attachments: message.attachments.map((part) =>
        attachment(part.filename, part.mimeType, new Uint8Array(part.content), part.contentId),
      ),
    };
  },

  async 'emailjs-mime-parser'(octets) {
    const message = require('emailjs-mime-parser').default(octets);
    const parts = leaves(message);
    const isText = (kind) => (part) =>
      part.contentType.value === kind && value(part, 'content-disposition') !== 'attachment';
    const plain = parts.find(isText('text/plain'));
    const html = parts.find(isText('text/html'));
    const text = (part) => part && new TextDecoder().decode(part.content);
    const others = parts.filter((part) => part !== plain && part !== html);
    return {
      subject: value(message, 'subject'),
      from: mailboxes(value(message, 'from')),
      to: mailboxes(value(message, 'to')),
      cc: mailboxes(value(message, 'cc')),
      text: text(plain),
      html: text(html),
      attachments: others.map((part) => {
        const named = part.headers['content-disposition']?.[0].params?.filename;
        const name = named ?? part.contentType.params?.name;
        const content = part.content ?? '';
        return attachment(name, part.contentType.value, content, value(part, 'content-id'));
      }),
    };
  },
};

function value(part, field) {
  return part.headers[field]?.[0].value;
}

function leaves(part) {
  const isMultipart = part.contentType.value.startsWith('multipart/');
  return isMultipart ? part.childNodes.flatMap(leaves) : [part];
}

function mailboxes(addresses) {
  return (addresses ?? []).flatMap(({ name, address, group }) =>
    group ? mailboxes(group) : [[name, address]],
  );
}

function attachment(name, type, content, cid) {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, type, sha256, size: content.length, cid };
}

const [reader, folder] = process.argv.slice(2);
const files = readdirSync(folder).filter((file) => file.endsWith('.eml'));
for (const file of files.sort()) {
  try {
    const reading = await readers[reader](readFileSync(join(folder, file)));
    console.log(JSON.stringify({ case: parse(file).name, reading }));
  } catch (error) {
    console.error(`${file}: ${error}`);
    process.exit(1);
  }
}
