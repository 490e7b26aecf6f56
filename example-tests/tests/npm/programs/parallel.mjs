import { Mailer } from 'envoi';

async function send() {
  const mailer = new Mailer('127.0.0.1');
  await mailer.setPort(Number(process.env.PORT));
  try {
    await mailer.send({ sender: 'a@mail.test', recipients: ['b@mail.test'] }, 'Hi\n');
  } catch ({ code, phase }) {
    console.log(`${code} at ${phase}`);
  }
}

await Promise.all([send(), send()]);
