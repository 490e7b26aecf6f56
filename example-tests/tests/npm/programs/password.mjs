import { inspect } from 'node:util';
import { Mailer } from 'envoi';

const { PORT, CA } = process.env;
const mailer = new Mailer('127.0.0.1');
await mailer.setPort(Number(PORT));
await mailer.setRoots('added-only');
await mailer.addTrustAnchors(Buffer.from(CA));
await mailer.setTranscript(100);
await mailer.setCredentials({ tag: 'password', val: { username: 'ada', password: 'hunter2' } });
const everything = { showHidden: true, depth: Infinity };
try {
  await mailer.send({ sender: 'a@mail.test', recipients: ['b@mail.test'] }, 'Hi\n');
} catch (error) {
  console.log(`${error.code} at ${error.phase}: ${error.message}`);
  console.log(inspect(error, everything), inspect(mailer, everything));
  console.log(await mailer.transcript());
}
