import { Mailer, SmtpError } from 'envoi';

const mailer = new Mailer('mail.example.org');
await mailer.setSecurity('example');
await mailer.setPort('587');
await mailer.send({ to: 'b@mail.test', subject: 'Nobody wrote this' });
await mailer.send({ from: 'a@mail.test', amp: '' });
const number: number = await mailer.takeTranscript();
export const phase = (error: SmtpError): 'nowhere' | undefined => error.phase;
