import { createReadStream, readFileSync } from 'node:fs';
import { Mailer, Options, SmtpError, sendMail, type Receipt } from 'envoi';
import { smtp } from 'envoi/sync';

const envelope = { sender: 'ada@example.org', recipients: ['grace@example.org'] };

export async function every(signal: AbortSignal): Promise<Receipt[]> {
  await using mailer = new Mailer('mail.example.org', { signal });
  await mailer.setSecurity('implicit-tls');
  await mailer.addTrustAnchors(process.env.CA ?? readFileSync('ca.pem'));
  await mailer.setClientCertificate(readFileSync('me.pem', 'utf8'), readFileSync('me.key'));
  await mailer.setCredentials({ tag: 'bearer', val: { username: 'ada', token: '...' } });
  await mailer.setTimeout('total', 60_000_000_000n);
  const options = new Options().setPriority(3).setNotify(undefined, { failure: true });
  const one = await mailer.send(envelope, createReadStream('message.eml'), options);
  const more = await mailer.sendAll([{ envelope, message: 'Subject: Hi\n\nHello.\n' }]);
  return more.reduce((all, { tag, val }) => (tag === 'ok' ? [...all, val] : all), [one]);
}

export async function once(): Promise<string> {
  try {
    const receipt = await sendMail('smtps://mail.example.org', '', ['grace@example.org'], 'Hi\n');
    return receipt.unknown.join();
  } catch (error) {
    if (!(error instanceof SmtpError) || error.outcome !== 'not-sent') throw error;
    return error.code === 'rejected' ? `${error.reply?.code}` : `${error.phase}`;
  }
}

export function blocking(message: Uint8Array): number {
  const mailer = smtp.Mailer.fromUrl('smtp://mail.example.org');
  return mailer.send(envelope, message, undefined).accepted.length;
}
