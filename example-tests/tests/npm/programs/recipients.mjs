import { Mailer } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
const mail = { from: 'a@mail.test', to: 'b@mail.test, nobody@mail.test', text: 'Hello.' };
const { accepted, rejected, receipt } = await mailer.send(mail);
console.log(`${accepted} accepted, ${rejected} rejected: ${receipt.refused[0].reply.code}`);
try {
  await mailer.send({ ...mail, to: 'nobody@mail.test' });
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
  console.log(`refused: ${error.refused.map(({ recipient }) => recipient)}`);
  console.log(`${error.outcome}, ${error.retry}`);
}
await mailer.close();
