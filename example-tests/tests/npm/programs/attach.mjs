import { createReadStream, writeFileSync } from 'node:fs';
import { secure } from './secure.mjs';

async function* pieces() {
  // Pieces of any size.
  for (let i = 0; i < 1_000; i += 1) yield Buffer.alloc(i * 7, i);
}

writeFileSync('large.bin', Buffer.alloc(5_000_000, 'large'));
const mailer = await secure();
const { messageId, envelope } = await mailer.send({
  from: 'ada@mail.test',
  to: 'grace@mail.test',
  text: 'Two files.',
  attachments: [
    { path: 'large.bin' },
    { filename: 'pieces.bin', content: pieces() },
    { filename: 'copy.bin', content: createReadStream('large.bin') },
  ],
});
console.log(/^<.+@mail\.test>$/.test(messageId), JSON.stringify(envelope));
await mailer.close();
