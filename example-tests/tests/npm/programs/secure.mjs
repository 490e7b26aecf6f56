// For a server that wants TLS, with a certificate of an authority of its own, and a password.

import { Mailer } from 'envoi';

const { PORT, CA, PASSWORD } = process.env;

export async function secure(password = PASSWORD) {
  const mailer = new Mailer('127.0.0.1');
  await mailer.setPort(Number(PORT));
  await mailer.setBundledRoots(false);
  await mailer.addTrustAnchors(CA);
  await mailer.setCredentials({ tag: 'password', val: { username: 'ada', password } });
  return mailer;
}
