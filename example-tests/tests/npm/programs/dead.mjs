import { SmtpError, sendMail } from 'envoi';

try {
  const mail = { from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' };
  await sendMail(`smtp://127.0.0.1:${process.env.PORT}`, mail);
} catch (error) {
  if (!(error instanceof SmtpError)) throw error;
  console.log(`${error.code} at ${error.phase}: ${error.message}`);
}
