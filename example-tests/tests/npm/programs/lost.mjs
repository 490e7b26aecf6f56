import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
try {
  await mailer.send({ sender: 'a@mail.test', recipients: ['b@mail.test'] }, 'Hi\n');
} catch ({ code, phase, outcome, message }) {
  console.log(`${code} at ${phase}, ${outcome}: ${message}`);
}
