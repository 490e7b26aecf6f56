import { createTransport } from 'envoi/nodemailer';

for (const option of ['requireTLS', 'ignoreTLS', 'opportunisticTLS']) {
  const transporter = createTransport({
    host: '127.0.0.1',
    port: Number(process.env.PORT),
    secure: true,
    [option]: true,
    auth: null,
    tls: { ca: process.env.CA },
    greetingTimeout: 5_000,
  });
  console.log(await transporter.verify());
  await transporter.close();
}
