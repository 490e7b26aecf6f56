// Composes as many messages as each line of standard input asks for, such as `20 true` for 20 signed ones, and
// answers with the milliseconds that it took. The first line of output is Node's version.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import nodemailer from 'nodemailer';

const read = (name, encoding) => readFileSync(new URL(name, import.meta.url), encoding);
const mail = {
  from: 'Jörg <joerg@example.org>',
  to: 'Zoë <zoe@example.org>',
  subject: "Minutes of Tuesday's meeting",
  html: read('message.html', 'utf8'),
  attachments: [{ filename: 'minutes.pdf', contentType: 'application/pdf', content: read('minutes.pdf') }],
};
const dkim = { domainName: 'example.org', keySelector: 'bench', privateKey: read('key.pem', 'utf8') };
// Hands over the whole message in memory, and sends nothing.
const plain = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
const signing = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows', dkim });
const least = mail.html.length + mail.attachments[0].content.length;

console.log(process.versions.node);
for await (const line of createInterface({ input: process.stdin })) {
  const [messages, signed] = line.split(' ');
  const transport = signed === 'true' ? signing : plain;
  const start = performance.now();
  for (let i = 0; i < Number(messages); i += 1) {
    const { message } = await transport.sendMail(mail);
    if (message.length < least) throw new Error('the message lacks its parts');
  }
  console.log(performance.now() - start);
}
