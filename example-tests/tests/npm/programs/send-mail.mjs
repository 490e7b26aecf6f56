import { sendMail } from 'envoi';

const url = `smtp://127.0.0.1:${process.env.PORT}`;
const message = 'Subject: Hi\n\nHello.\n';

async function* pieces() {
  yield* message;
}

const forms = [message, Buffer.from(message), pieces(), message, message, pieces()];
const receipts = await Promise.all(
  forms.map((form) => sendMail(url, 'a@mail.test', ['b@mail.test'], form)),
);
console.log(...receipts.map(({ accepted }) => accepted[0].reply.code));
