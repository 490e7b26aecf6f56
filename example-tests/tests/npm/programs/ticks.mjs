import { Mailer } from 'envoi';

const mailer = new Mailer('127.0.0.1');
await mailer.setPort(Number(process.env.PORT));
let ticks = 0;
const timer = setInterval(() => {
  ticks += 1;
  if (ticks === 10) console.log('ten ticks');
}, 1);
try {
  await mailer.send({ from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' });
} catch ({ code, phase }) {
  console.log(`${code} at ${phase}`);
}
clearInterval(timer);
