// SMTP_URL=smtps://user:password@mail.example.org node send.mjs you@example.org friend@example.org …

import { compose, smtpAsync } from './envoi/envoi.js';

const { Mailer, explain } = smtpAsync;
const { SMTP_URL, SMTP_CA } = process.env;

// jco 1.35.0 makes a promise of every function's result, whatever the declarations say: `await` all of them.
const mailer = await Mailer.fromUrl(SMTP_URL);
// 20 seconds for each message, in nanoseconds.
await mailer.setTimeout('total', 20_000_000_000n);
// What a server allows to one client.
await mailer.setConnections(4);
// If the server's certificate comes from your own authority: that authority's certificate, in PEM.
if (SMTP_CA) await mailer.addTrustAnchors(new TextEncoder().encode(SMTP_CA));

// All at the same time.
await Promise.all(process.argv.slice(2).map(send));
await mailer.close();
// The shim of jco 1.35.0 keeps the timers of waits that have ended: without this, Node ends 20 seconds later.
process.exit();

async function send(to) {
  try {
    const { sender, recipients, message } = await composed(to);
    const { accepted } = await mailer.send({ sender, recipients }, message, undefined);
    // There is one recipient: if it was refused, `send` has failed.
    console.log(`sent to ${to}: ${accepted[0].reply.text}`);
  } catch (error) {
    console.error(`not sent to ${to}: ${await why(error)}`);
    process.exitCode = 1;
  }
}

async function composed(to) {
  const draft = new compose.Draft();
  await draft.setFrom([{ name: 'The Shop', mailbox: 'shop@example.org' }]);
  await draft.setTo([{ mailbox: to }]);
  await draft.setSubject('The café opens on Monday');
  await draft.setText('See you there.\n');
  return draft.compose();
}

async function why(error) {
  // The payload is the `invalid` of a draft, or an `error`. Anything else is a fault of the program.
  if (!error.payload) throw error;
  const { field, reason } = error.payload;
  return reason ? `${field}: ${reason}` : (await explain(error.payload)).sentence;
}
