import { Mailer } from 'envoi';

// Nobody listens there: nothing is asked of a server.
const mailer = await Mailer.fromUrl('smtp://127.0.0.1:1');
const good = { from: 'a@mail.test', to: 'b@mail.test' };
const mails = [
  { ...good, subject: 'Hi\r\nBcc: eve@mail.test' },
  { ...good, headers: { 'X-A': 'Hi\nBcc: eve@mail.test' } },
  { ...good, headers: { Received: 'from here' } },
  { ...good, list: { help: { url: 'https://mail.test/>, <x' } } },
  { ...good, attachments: [{ filename: '../passwd', content: '' }] },
  { ...good, attachments: [{ filename: 'a' }] },
  { ...good, attachments: [{ path: 'https://mail.test/a' }] },
  { ...good, attachments: [{ path: 'package.json' }], disableFileAccess: true },
  { ...good, text: { path: 'package.json' }, disableFileAccess: true },
  { ...good, raw: { path: 'package.json' }, disableFileAccess: true },
  { ...good, date: 'yesterday' },
  { ...good, priority: 'urgent' },
  { ...good, icalEvent: { filename: 'a.ics', content: '' } },
  { ...good, to: 'nobody' },
  { from: 'a@mail.test' },
  { to: 'b@mail.test' },
  { ...good, dkim: { domainName: 'mail.test', keySelector: 's', privateKey: 'hunter2' } },
  { ...good, amp: '' },
  { ...good, subject: 5 },
  { ...good, attachments: [{ content: {} }] },
  { ...good, attachments: [{ path: 'missing' }] },
  'Subject: Hi\n\n',
  { ...good, text: { content: 'Hi', encodng: 'hex' } },
];
for (const mail of mails) {
  await mailer.send(mail).catch(({ name, code, field, message }) => {
    if (message.includes('hunter2')) throw new Error('a secret is shown');
    console.log(field ? `${code} ${field}` : `${name} ${code ?? message}`);
  });
}
await mailer.close();
