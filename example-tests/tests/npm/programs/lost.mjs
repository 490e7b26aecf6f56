import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
try {
  await mailer.send({ from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' });
} catch ({ code, phase, outcome, message }) {
  console.log(`${code} at ${phase}, ${outcome}: ${message}`);
}
