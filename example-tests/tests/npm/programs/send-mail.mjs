import { sendMail } from 'envoi';

const url = `smtp://127.0.0.1:${process.env.PORT}`;
const message = 'Subject: Hi\n\nHello.\n';

async function* pieces() {
  yield* message;
}

const forms = [message, Buffer.from(message), pieces(), message, message, pieces()];
const results = await Promise.all(
  forms.map((raw) => sendMail(url, { from: 'a@mail.test', to: 'b@mail.test', raw })),
);
console.log(...results.map(({ response }) => response));
