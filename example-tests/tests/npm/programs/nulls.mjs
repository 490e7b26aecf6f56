import { sendMail } from 'envoi';

const { response } = await sendMail(`smtp://127.0.0.1:${process.env.PORT}`, {
  from: 'a@mail.test',
  to: 'b@mail.test',
  cc: null,
  text: { content: 'Hi', path: null },
  list: { help: null, id: undefined },
  attachments: [{ content: 'Hi', path: null, cid: null, contentDisposition: 'attachment' }],
  icalEvent: { method: null, content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' },
});
console.log(response);
