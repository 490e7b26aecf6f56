import { Mailer, Options } from 'envoi';

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`);
await mailer.setTranscriptLines(100);
const session = await mailer.connect();
console.log((await session.greeting()).text);
console.log(`SIZE ${await session.extension('SIZE')}`);
console.log((await session.verify('ada')).code);
const options = new Options()
  .setDsnContents('headers')
  .setEnvelopeId('4711')
  .setNotify(undefined, { failure: true, delay: true });
await session.mail('a@mail.test', options);
await session.rcpt('b@mail.test', options);
const message = await session.data();
await message.write('Subject: Hi\n');
await message.write(Buffer.from('\nHello.\n'));
const { accepted } = await message.finish();
const [{ reply }] = accepted;
console.log(`${reply.enhancedCode.join('.')}: ${reply.text}`);
console.log((await session.quit()).code);
await session.noop().catch(({ code, message }) => console.log(`${code}: ${message}`));
const said = (await mailer.takeTranscript()).filter(({ source }) => source === 'client');
console.log(`client: ${said.at(-1).text}`);
await mailer[Symbol.asyncDispose]();
