import { Mailer } from 'envoi';

const controller = new AbortController();
let isClosed = false;

async function* file() {
  try {
    yield Buffer.alloc(2_000);
    controller.abort('enough');
    yield Buffer.alloc(2_000);
  } finally {
    isClosed = true;
  }
}

const mailer = await Mailer.fromUrl(`smtp://127.0.0.1:${process.env.PORT}`, controller);
const mail = { from: 'a@mail.test', to: 'b@mail.test', attachments: [{ filename: 'a', content: file() }] };
await mailer.send(mail).catch(({ code, outcome }) => console.log(`${code}, ${outcome}`));
setImmediate(() => console.log(isClosed ? 'closed' : 'open'));
