import { secure } from './secure.mjs';

const mailer = await secure();
const envelope = { sender: 'ada@mail.test', recipients: ['grace@mail.test'] };
const receipt = await mailer.send(envelope, 'Subject: Gr\u00fc\u00dfe\n\n.\nHello.\n');
for (const { recipient, reply } of receipt.accepted) {
  console.log(`${recipient}: ${reply.code} ${reply.text}`);
}
await mailer.close();
