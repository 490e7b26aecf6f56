import { Mailer } from 'envoi';

const controller = new AbortController();
const mailer = new Mailer('127.0.0.1', { signal: controller.signal });
await mailer.setPort(Number(process.env.PORT));
const mail = { from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' };
const results = Promise.allSettled([mailer.send(mail), mailer.send(mail)]);
process.stdin.once('data', () => {
  controller.abort('enough');
  process.stdin.destroy();
});
const reasons = (await results).map(({ reason }) => reason);
for (const { code, outcome } of reasons) {
  console.log(`${code}, ${outcome}`);
}
console.log(`caused by: ${reasons[0].cause}`);
