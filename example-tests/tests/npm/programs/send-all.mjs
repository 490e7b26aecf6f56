import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const outgoing = (recipient) => ({
  envelope: { sender: 'a@mail.test', recipients: [recipient] },
  message: 'Subject: Hi\n\nHello.\n',
});
const results = await mailer.sendAll([outgoing('nobody@mail.test'), outgoing('b@mail.test')]);
for (const { tag, val } of results) {
  console.log(`${tag}: ${tag === 'ok' ? val.accepted[0].recipient : `${val.name} ${val.code}`}`);
}
await mailer.close();
