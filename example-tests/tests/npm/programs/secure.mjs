// A mailer for a server that requires TLS and a password; its certificate is by its own authority.

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
