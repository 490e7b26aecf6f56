import { SmtpError, sendMail } from 'envoi';

try {
  await sendMail(`smtp://127.0.0.1:${process.env.PORT}`, 'a@mail.test', ['b@mail.test'], 'Hi\n');
} catch (error) {
  if (!(error instanceof SmtpError)) throw error;
  console.log(`${error.code} at ${error.phase}: ${error.message}`);
}
