import { Mailer } from 'envoi';

const { PORT, CA, PASSWORD } = process.env;
const mailer = new Mailer('127.0.0.1');
await mailer.setPort(Number(PORT));
await mailer.setRoots('added-only');
await mailer.addTrustAnchors(Buffer.from(CA));
await mailer.setCredentials({ tag: 'password', val: { username: 'ada', password: PASSWORD } });
const envelope = { sender: 'ada@mail.test', recipients: ['grace@mail.test'] };
const receipt = await mailer.send(envelope, 'Subject: Gr\u00fc\u00dfe\n\n.\nHello.\n');
for (const { recipient, reply } of receipt.accepted) {
  console.log(`${recipient}: ${reply.code} ${reply.lines}`);
}
await mailer.close();
