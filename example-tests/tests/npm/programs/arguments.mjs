import { Mailer, sendMail } from 'envoi';

const mailer = new Mailer('127.0.0.1');
const calls = [
  () => mailer.setCredentials('hunter2'),
  () => mailer.setPort('hunter2'),
  () => mailer.setLocalName(() => 'hunter2'),
  () => mailer.addTrustAnchors(42),
  () => mailer.addTrustAnchors('not PEM'),
  () => mailer.addTrustAnchors(new TextEncoder().encode('not PEM')),
  () => mailer.setClientCertificate('not PEM', ['hunter2']),
  () => mailer.setClientCertificate('not PEM', 'hunter2'),
  () => mailer.send({ recipients: ['b@mail.test'] }, 42),
  () => mailer.send({ recipients: ['b@mail.test>\r\nDATA'] }, 'Hi\n'),
  () => sendMail('smtp://ada:hunter2@127.0.0.1:no', 'a@mail.test', ['b@mail.test'], 'Hi\n'),
  () => mailer.close().then(() => mailer.setPort(25)),
];
for (const call of calls) {
  await call().catch(({ name, code, message }) => {
    if (message.includes('hunter2')) throw new Error('a secret is shown');
    console.log(`${name}: ${code === 'invalid-argument' ? code : message}`);
  });
}
