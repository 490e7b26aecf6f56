import { Mailer } from 'envoi';

async function* file() {
  yield 'Subject: Hi\n\n';
  throw new Error('the file is gone');
}

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const envelope = { from: 'a@mail.test', to: 'b@mail.test' };
await mailer.send({ envelope, raw: file() }).catch((error) => console.log(String(error)));
const { accepted } = await mailer.send({ envelope, raw: 'Hi\n' });
console.log(accepted);
await mailer.close();
