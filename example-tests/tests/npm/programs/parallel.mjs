import { Mailer } from 'envoi';

async function send() {
  const mailer = new Mailer('127.0.0.1');
  await mailer.setPort(Number(process.env.PORT));
  try {
    await mailer.send({ from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' });
  } catch ({ code, phase }) {
    console.log(`${code} at ${phase}`);
  }
}

await Promise.all([send(), send()]);
