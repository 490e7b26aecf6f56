export { SmtpError } from './error.js';
export { Mailer, MessageWriter, Session } from './mailer.js';
export { Options } from './options.js';
export { sendMail } from './send-mail.js';
