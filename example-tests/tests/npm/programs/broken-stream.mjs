import { Mailer } from 'envoi';

async function* file() {
  yield 'Subject: Hi\n\n';
  throw new Error('the file is gone');
}

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const envelope = { sender: 'a@mail.test', recipients: ['b@mail.test'] };
await mailer.send(envelope, file()).catch((error) => console.log(String(error)));
const { accepted } = await mailer.send(envelope, 'Hi\n');
console.log(accepted[0].reply.code);
await mailer.close();
