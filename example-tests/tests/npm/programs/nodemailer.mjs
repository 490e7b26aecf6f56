import nodemailer from 'envoi/nodemailer';

const transporter = nodemailer.createTransport(
  {
    host: '127.0.0.1',
    port: Number(process.env.PORT),
    requireTLS: true,
    auth: { user: 'ada', pass: process.env.PASSWORD },
    tls: { ca: process.env.CA },
    socketTimeout: 20_000,
    disableFileAccess: true,
  },
  { from: 'ada@mail.test', headers: { 'X-A': 'default', 'X-B': 'default' } },
);
console.log(await transporter.verify());
const { accepted, rejected, envelope } = await transporter.sendMail({
  to: 'grace@mail.test',
  text: 'Hi',
  headers: { 'X-B': 'own' },
});
console.log(accepted, rejected, envelope.from);
await new Promise((done) => {
  transporter.sendMail({ to: 'grace@mail.test', text: 'Again' }, (error, result) => {
    console.log(error, result.accepted);
    done();
  });
});
transporter.sendMail({ to: 'grace' }, (error) => console.log(error.field));
const stranger = { to: 'grace@mail.test', text: { path: 'package.json' }, disableFileAccess: false };
transporter.sendMail(stranger, (error) => console.log(error.field));
await transporter.close();
for (const options of [
  { service: 'Gmail' },
  { tls: { rejectUnauthorized: false } },
  { auth: { type: 'NTLM' } },
]) {
  try {
    nodemailer.createTransport(options);
  } catch (error) {
    console.log(String(error));
  }
}
