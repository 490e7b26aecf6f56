import { Mailer } from 'envoi';

const { PORT, CA, PASSWORD } = process.env;
const unused = new Mailer('127.0.0.1');
const mailer = new Mailer('127.0.0.1');
mailer.setPort(Number(PORT));
mailer.setRoots('added-only');
mailer.addTrustAnchors(Buffer.from(CA));
mailer.setCredentials({ tag: 'password', val: { username: 'ada', password: PASSWORD } });
await mailer.send({ recipients: ['grace@mail.test'] }, 'Subject: A bounce\n\nNobody answers.\n');
console.log('sent');
// Neither is closed: nothing keeps the program.
