// SMTP_URL=smtps://user:password@mail.example.org node send.mjs you@example.org

import { Mailer } from 'envoi';

const { SMTP_URL, SMTP_CA } = process.env;
const [to = 'you@example.org'] = process.argv.slice(2);

const mailer = await Mailer.fromUrl(SMTP_URL);
// Where the server's authority is one of your own: its certificate, in PEM.
if (SMTP_CA) await mailer.addTrustAnchors(SMTP_CA);

const envelope = { sender: 'shop@example.org', recipients: [to] };
const message = `From: shop@example.org\nTo: ${to}\nSubject: Welcome\n\nGood to have you here.\n`;
try {
  const { accepted } = await mailer.send(envelope, message);
  console.log(`sent: ${accepted[0].reply.lines.join(' ')}`);
} catch (error) {
  console.error(`not sent: ${error.message}`);
  process.exitCode = 1;
}
await mailer.close();
