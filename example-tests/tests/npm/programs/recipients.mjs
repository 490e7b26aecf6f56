import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const message = 'Subject: Hi\n\nHello.\n';
const envelope = { sender: 'a@mail.test', recipients: ['b@mail.test', 'nobody@mail.test'] };
const { accepted, refused } = await mailer.send(envelope, message);
for (const { recipient } of accepted) console.log(`${recipient} accepted`);
for (const { recipient, reply } of refused) console.log(`${recipient} refused: ${reply.code}`);
try {
  await mailer.send({ ...envelope, recipients: ['nobody@mail.test'] }, message);
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
  console.log(`refused: ${error.refused.map(({ recipient }) => recipient)}`);
  console.log(`${error.outcome}, ${error.retry}`);
}
await mailer.close();
