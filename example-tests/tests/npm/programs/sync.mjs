import { smtp } from 'envoi/sync';

const message = new TextEncoder().encode('Subject: Hi\n\nHello.\n');
const url = `smtp://127.0.0.1:${process.env.PORT}`;
console.log(smtp.sendMail(url, 'a@mail.test', ['b@mail.test'], message).accepted[0].reply.code);
try {
  smtp.sendMail('smtp://127.0.0.1:1', 'a@mail.test', ['b@mail.test'], message);
} catch (error) {
  console.log(error.payload.tag);
}
