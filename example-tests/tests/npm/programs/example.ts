import { createReadStream, readFileSync } from 'node:fs';
import { Mailer, Options, SmtpError, sendMail, type ComposedMail, type Sent } from 'envoi';
import nodemailer from 'envoi/nodemailer';
import { smtp } from 'envoi/sync';

const mail: ComposedMail = {
  from: { name: 'Ada', address: 'ada@example.org' },
  to: ['grace@example.org', { address: 'alan@example.org' }],
  subject: 'Report',
  html: createReadStream('report.html'),
  attachments: [
    { path: 'report.pdf' },
    { filename: 'logo.png', content: readFileSync('logo.png'), cid: 'logo@example.org' },
  ],
  icalEvent: { method: 'REQUEST', content: 'BEGIN:VCALENDAR' },
  list: { unsubscribe: 'https://example.org/u', id: { url: 'reports.example.org', comment: 'Reports' } },
  headers: { 'X-Campaign': 'spring' },
};

export async function every(signal: AbortSignal): Promise<Sent[]> {
  await using mailer = new Mailer('mail.example.org', { signal });
  await mailer.setSecurity('implicit-tls');
  await mailer.addTrustAnchors(process.env.CA ?? readFileSync('ca.pem'));
  await mailer.setClientCertificate(readFileSync('me.pem', 'utf8'), readFileSync('me.key'));
  await mailer.setCredentials({ tag: 'bearer', val: { username: 'ada', token: '...' } });
  await mailer.setTimeout('total', 60_000_000_000n);
  const options = new Options().setPriority(3).setNotify(undefined, { failure: true });
  await mailer.setDkim({
    domainName: 'example.org',
    keySelector: 'mail',
    privateKey: readFileSync('dkim.pem'),
  });
  const envelope = { from: 'ada@example.org', to: ['grace@example.org'] };
  const one = await mailer.send({ envelope, raw: createReadStream('message.eml') }, options);
  const more = await mailer.sendAll([mail, { envelope, raw: 'Subject: Hi\n\nHello.\n' }]);
  return more.reduce((all, { tag, val }) => (tag === 'ok' ? [...all, val] : all), [one]);
}

export async function once(): Promise<string> {
  try {
    const { receipt, rejected } = await sendMail('smtps://mail.example.org', mail);
    return [...rejected, ...receipt.unknown].join();
  } catch (error) {
    if (!(error instanceof SmtpError) || error.outcome !== 'not-sent') throw error;
    return error.code === 'rejected' ? `${error.reply?.code}` : `${error.phase}`;
  }
}

export function blocking(message: Uint8Array): number {
  const envelope = { sender: 'ada@example.org', recipients: ['grace@example.org'] };
  const mailer = smtp.Mailer.fromUrl('smtp://mail.example.org');
  return mailer.send(envelope, message, undefined).accepted.length;
}

export async function asBefore(): Promise<string | undefined> {
  const auth = { user: 'ada', pass: '...' };
  const transporter = nodemailer.createTransport({ host: 'mail.example.org', auth }, { from: mail.from });
  transporter.sendMail({ to: 'alan@example.org', text: 'Hi' }, (error, result) =>
    console.log(error ?? result?.response),
  );
  const { messageId } = await transporter.sendMail({ ...mail, subject: 'Again' });
  return messageId;
}
