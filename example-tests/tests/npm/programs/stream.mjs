import { Readable } from 'node:stream';
import { Mailer } from 'envoi';

async function* lines() {
  yield 'Subject: large\n\n';
  // Some bytes, some text, in pieces that end anywhere.
  for (let i = 0; i < 7_500; i += 1) {
    const piece = '0123456789'.repeat(7).concat('\n').repeat(10);
    yield piece.slice(0, i % piece.length);
    yield Buffer.from(piece.slice(i % piece.length));
  }
}

const { PORT, CA, PASSWORD } = process.env;
const mailer = new Mailer('127.0.0.1');
await mailer.setPort(Number(PORT));
await mailer.setRoots('added-only');
await mailer.addTrustAnchors(Buffer.from(CA));
await mailer.setCredentials({ tag: 'password', val: { username: 'ada', password: PASSWORD } });
const envelope = { sender: 'ada@mail.test', recipients: ['grace@mail.test'] };
const receipt = await mailer.send(envelope, Readable.from(lines()));
console.log(receipt.accepted[0].reply.code);
await mailer.close();
