export { SmtpError } from './error.js';
export { Client, Mailer, Message } from './mailer.js';
export { Options } from './options.js';
export { sendMail } from './send-mail.js';
