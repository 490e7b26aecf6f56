import { Mailer } from 'envoi';

const controller = new AbortController();
const mailer = new Mailer('127.0.0.1', { signal: controller.signal });
await mailer.setPort(Number(process.env.PORT));
const envelope = { sender: 'a@mail.test', recipients: ['b@mail.test'] };
const results = Promise.allSettled([mailer.send(envelope, 'Hi\n'), mailer.send(envelope, 'Hi\n')]);
process.stdin.once('data', () => {
  controller.abort('enough');
  process.stdin.destroy();
});
const reasons = (await results).map(({ reason }) => reason);
for (const { code, outcome } of reasons) {
  console.log(`${code}, ${outcome}`);
}
console.log(`caused by: ${reasons[0].cause}`);
