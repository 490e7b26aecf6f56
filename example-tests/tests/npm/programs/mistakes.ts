import { Mailer, SmtpError } from 'envoi';

const mailer = new Mailer('mail.example.org');
await mailer.setSecurity('example');
await mailer.setPort('587');
const number: number = await mailer.takeTranscript();
export const phase = (error: SmtpError): 'nowhere' | undefined => error.phase;
