import { cpSync, rmSync } from 'node:fs';

// The package without the component.
cpSync('node_modules/envoi', 'broken', { recursive: true });
rmSync('broken/sync/envoi.core.wasm');
const { Mailer, sendMail } = await import('./broken/src/index.js');

const mailer = new Mailer('127.0.0.1');
await mailer.setPort(25).catch(({ code, message }) => console.log(`${code}: ${message}`));
await mailer.setPort(25).catch(({ code }) => console.log(code));
const url = 'smtp://127.0.0.1';
await sendMail(url, { from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' }).catch(({ code }) =>
  console.log(code),
);
