import { generateKeyPairSync } from 'node:crypto';
import { secure } from './secure.mjs';

const pem = {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
};
const key = (selector) => ({
  keySelector: selector,
  privateKey: generateKeyPairSync('ed25519', pem).privateKey,
});

const mailer = await secure();
const mail = { from: 'ada@mail.test', to: 'grace@mail.test', subject: 'Hi', text: 'Hello.' };
async function* file() {
  yield 'From: ada@mail.test\nSubject: a file\n\nHello.\n';
}
await mailer.setDkim({ domainName: 'mail.test', ...key('one') });
await mailer.send(mail);
await mailer.send({
  ...mail,
  dkim: { domainName: 'mail.test', headerFieldNames: 'from:subject', keys: [key('two'), key('three')] },
});
await mailer.send({ ...mail, attachments: [{ filename: 'a', content: file() }] });
await mailer.send({ envelope: { from: 'ada@mail.test', to: 'grace@mail.test' }, raw: file() });
await mailer.setDkim(undefined);
await mailer.send(mail);
await mailer.close();
