import { Mailer } from 'envoi';
import { secure } from './secure.mjs';

const unused = new Mailer('127.0.0.1');
const mailer = await secure();
const envelope = { from: '', to: 'grace@mail.test' };
await mailer.send({ envelope, raw: 'Subject: A bounce\n\nNobody answers.\n' });
console.log('sent');
// Neither mailer is closed; the program ends all the same.
