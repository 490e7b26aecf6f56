import { secure } from './secure.mjs';

const mailer = await secure();
const envelope = { from: 'ada@mail.test', to: ['grace@mail.test'] };
const raw = 'Subject: Gr\u00fc\u00dfe\n\n.\nHello.\n';
const { receipt } = await mailer.send({ envelope, raw });
for (const { recipient, reply } of receipt.accepted) {
  console.log(`${recipient}: ${reply.code} ${reply.text}`);
}
await mailer.close();
