import { sendMail } from 'envoi';

async function* pieces() {
  yield 'Hello.';
}

const { messageId } = await sendMail(`smtp://127.0.0.1:${process.env.PORT}`, {
  from: 'a@mail.test',
  to: 'b@mail.test',
  text: pieces(),
  messageId: '',
  attachments: [{ path: 'package.json' }],
});
console.log(/^<.+@mail\.test>$/.test(messageId));
