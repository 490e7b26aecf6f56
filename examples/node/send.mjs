// SMTP_URL=smtps://user:password@mail.example.org node send.mjs you@example.org

import { Mailer } from 'envoi';

const { SMTP_URL, SMTP_CA } = process.env;
const [to = 'you@example.org'] = process.argv.slice(2);

const mailer = await Mailer.fromUrl(SMTP_URL);
// 20 seconds for each message, in nanoseconds.
await mailer.setTimeout('total', 20_000_000_000n);
// If the server's certificate comes from your own authority: that authority's certificate, in PEM.
if (SMTP_CA) await mailer.addTrustAnchors(SMTP_CA);

const mail = {
  from: 'Shop <shop@example.org>',
  to,
  subject: 'Welcome',
  text: 'Good to have you here.',
  html: '<p>Good to have you <b>here</b>.</p>',
};
try {
  const { response, receipt } = await mailer.send(mail);
  console.log(`sent: ${response}`);
  // If there are several recipients, some may be refused while others get the message.
  for (const { recipient, reply } of receipt.refused) {
    console.error(`not sent to ${recipient}: ${reply.text}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`not sent: ${error.message}`);
  process.exitCode = 1;
}
await mailer.close();
