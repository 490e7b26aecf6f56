import { createReadStream } from 'node:fs';
import { Mailer } from 'envoi';

async function* file() {
  yield Buffer.alloc(2_000);
  throw new Error('the file is gone');
}

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const mail = { from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' };
const unread = createReadStream('package.json');
for (const content of [createReadStream('missing'), file()]) {
  const attachments = [
    { filename: 'a', content },
    { filename: 'b', content: unread },
  ];
  await mailer.send({ ...mail, attachments }).catch((error) => console.log(error.code ?? error.message));
}
const { accepted } = await mailer.send(mail);
console.log(`${accepted}`);
await mailer.close();
