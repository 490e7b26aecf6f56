import { Mailer, sendMail } from 'envoi';

const mailer = new Mailer('127.0.0.1');
const mail = { from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' };
const calls = [
  () => mailer.setCredentials('hunter2'),
  () => mailer.setPort('hunter2'),
  () => mailer.setLocalName(() => 'hunter2'),
  () => mailer.addTrustAnchors(42),
  () => mailer.addTrustAnchors('not PEM'),
  () => mailer.addTrustAnchors(new TextEncoder().encode('not PEM')),
  () => mailer.setClientCertificate('not PEM', ['hunter2']),
  () => mailer.setClientCertificate('not PEM', 'hunter2'),
  () => mailer.send({ to: 'b@mail.test', raw: 42 }),
  () => mailer.send({ envelope: { to: { address: 'b@mail.test>\r\nDATA' } }, raw: 'Hi\n' }),
  () => mailer.setDkim({ domainName: 'mail.test', keySelector: 's', privateKey: 'hunter2' }),
  () => mailer.setDkim({ domainName: 'mail.test', keySelector: 's', privateKey: { key: 'hunter2' } }),
  () => sendMail('smtp://ada:hunter2@127.0.0.1:no', { from: 'a@mail.test', to: 'b@mail.test' }),
  () => sendMail(undefined, mail),
  () => sendMail({ password: 'hunter2' }, mail),
  () => sendMail('smtp://127.0.0.1', mail, AbortSignal.timeout(60_000)),
  () => sendMail('smtp://127.0.0.1', mail, { timeout: 60_000 }),
  () => sendMail('smtp://127.0.0.1', mail, { signal: 60_000 }),
  () => sendMail('smtp://127.0.0.1', mail, 60_000),
  () => Mailer.fromUrl('smtp://127.0.0.1', { timeout: 60_000 }),
  async () => new Mailer('127.0.0.1', AbortSignal.timeout(60_000)),
  () => mailer.send(mail, { timeout: 60_000 }),
  () => sendMail('smtp://127.0.0.1', { ...mail, attachments: { path: 'hunter2' } }),
  () => mailer.send({ ...mail, alternatives: 'hunter2' }),
  () => mailer.close().then(() => mailer.setPort(25)),
];
for (const call of calls) {
  await call().catch(({ name, code, message }) => {
    if (message.includes('hunter2')) throw new Error('a secret is shown');
    console.log(`${name}: ${code === 'invalid-argument' ? code : message}`);
  });
}
