import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const outgoing = (recipient) => ({
  from: 'a@mail.test',
  to: recipient,
  text: 'Hello.',
});
const results = await mailer.sendAll([
  outgoing('nobody@mail.test'),
  { ...outgoing('b@mail.test'), subject: 'Hi\r\nBcc: c@mail.test' },
  { ...outgoing('b@mail.test'), attachments: [{ filename: 'a', path: '/a', content: '' }] },
  outgoing('b@mail.test'),
]);
for (const { tag, val } of results) {
  console.log(`${tag}: ${tag === 'ok' ? val.accepted : `${val.name} ${val.code} ${val.field ?? ''}`}`);
}
await mailer.close();
