import { Mailer, Options } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
await mailer.setTranscript(100);
const client = await mailer.connect();
console.log((await client.greeting()).lines[0]);
console.log(`SIZE ${await client.extension('SIZE')}`);
console.log((await client.verify('ada')).code);
const options = new Options()
  .setDsnContents('headers')
  .setEnvelopeId('4711')
  .setNotify(undefined, { failure: true, delay: true });
await client.mail('a@mail.test', options);
await client.rcpt('b@mail.test', options);
const message = await client.data();
await message.write('Subject: Hi\n');
await message.write(Buffer.from('\nHello.\n'));
const { accepted } = await message.finish();
const [{ reply }] = accepted;
console.log(`${reply.enhancedCode.join('.')}: ${reply.lines}`);
console.log((await client.quit()).code);
await client.noop().catch(({ code, message }) => console.log(`${code}: ${message}`));
const said = (await mailer.transcript()).filter(({ speaker }) => speaker === 'client');
console.log(`client: ${said.at(-1).text}`);
await mailer[Symbol.asyncDispose]();
