import { Readable } from 'node:stream';
import { secure } from './secure.mjs';

async function* lines() {
  yield 'Subject: large\n\n';
  // Bytes and text, in pieces that end anywhere.
  for (let i = 0; i < 7_500; i += 1) {
    const piece = '0123456789'.repeat(7).concat('\n').repeat(10);
    yield piece.slice(0, i % piece.length);
    yield Buffer.from(piece.slice(i % piece.length));
  }
}

const mailer = await secure();
const envelope = { from: 'ada@mail.test', to: 'grace@mail.test' };
const { receipt } = await mailer.send({ envelope, raw: Readable.from(lines()) });
console.log(receipt.accepted[0].reply.code);
await mailer.close();
