import { writeFileSync } from 'node:fs';
import { secure } from './secure.mjs';

writeFileSync('report.csv', 'a,b\r\n1,2\r\n');
const mailer = await secure();
const { messageId, envelope, accepted, rejected, response } = await mailer.send({
  from: 'J\u00f6rg M\u00fcller <joerg@mail.test>',
  replyTo: { name: 'Doe, Jane', address: 'jane@mail.test' },
  to: ['grace@mail.test, "Turing, Alan" <alan@mail.test>', 'Team: ada@mail.test;'],
  cc: { address: 'cc@mail.test' },
  bcc: 'hidden@mail.test',
  subject: 'Gr\u00fc\u00dfe',
  text: 'Hello.',
  html: '<img src="cid:logo@mail.test">',
  icalEvent: { method: 'request', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
  attachments: [
    { filename: 'notes.txt', content: 'Gr\u00fc\u00dfe' },
    { filename: 'logo.png', content: 'AQID', encoding: 'base64', cid: '<logo@mail.test>' },
    { path: 'data:application/pdf;base64,AQID', filename: false },
    { path: 'report.csv' },
  ],
  date: new Date('2026-11-29T10:00:00Z'),
  messageId: '<1@mail.test>',
  inReplyTo: '<0@mail.test>',
  references: '<a@mail.test> <0@mail.test>',
  priority: 'high',
  list: { id: { url: 'news.mail.test', comment: 'News' }, unsubscribe: 'leave@mail.test' },
  headers: {
    'X-Campaign': 'spring',
    'List-Unsubscribe': '<https://mail.test/u>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  },
});
console.log(JSON.stringify({ messageId, envelope, accepted, rejected, response }));
await mailer.close();
