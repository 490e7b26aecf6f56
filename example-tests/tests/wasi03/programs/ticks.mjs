// Sends to a server that says nothing, while a timer ticks. Prints a line after ten ticks, and what became of the
// message.

import { smtpAsync } from './envoi/envoi.js';

const mailer = await smtpAsync.Mailer.fromUrl(process.env.SMTP_URL);
// Two seconds.
await mailer.setTimeout('total', 2_000_000_000n);
let ticks = 0;
const timer = setInterval(() => {
  ticks += 1;
  if (ticks === 10) console.log('ten ticks');
}, 5);
const envelope = { sender: 'a@mail.test', recipients: ['b@mail.test'] };
try {
  await mailer.send(envelope, new TextEncoder().encode('Subject: x\n\nHello\n'), undefined);
} catch ({ payload }) {
  console.log(`${payload.tag} at ${payload.val.phase}`);
}
clearInterval(timer);
