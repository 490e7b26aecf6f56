// smtp-server on loopback, with its mailbox in inbox/new of the current folder.
// Writes the file `ready` once both ports are open, and ends with its standard input.
const { SMTPServer } = require('smtp-server');
const { createWriteStream, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');

const { PORT, TLS_PORT, SMTP_USER, SMTP_PASSWORD, SMTP_TOKEN, SIZE } = process.env;
for (const folder of ['tmp', 'new']) mkdirSync(`inbox/${folder}`, { recursive: true });
let delivered = 0;

const refusal = (responseCode, text) => Object.assign(new Error(text), { responseCode });

const options = secure => ({
  secure,
  name: 'mail.test',
  cert: readFileSync('certificate.pem'),
  key: readFileSync('key.pem'),
  size: Number(SIZE),
  authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'],
  authOptional: true,
  allowInsecureAuth: true,
  disableReverseLookup: true,
  hideENHANCEDSTATUSCODES: false,
  hideDSN: false,
  onAuth(auth, session, done) {
    if (auth.method === 'XOAUTH2') {
      const valid = auth.username === SMTP_USER && auth.accessToken === SMTP_TOKEN;
      return done(null, valid ? { user: auth.username } : { data: { status: '401' } });
    }
    const right = auth.username === SMTP_USER &&
      (auth.method === 'CRAM-MD5' ? auth.validatePassword(SMTP_PASSWORD) : auth.password === SMTP_PASSWORD);
    if (right) done(null, { user: auth.username });
    else done(refusal(535, 'Wrong user or password'));
  },
  onRcptTo({ address }, session, done) {
    if (address === 'rejected@example.test') done(refusal(550, 'No such user'));
    else if (address === 'later@example.test') done(refusal(450, 'Try again later'));
    else if (!address.endsWith('@example.test')) done(refusal(550, 'Relaying denied'));
    else done();
  },
  onData(stream, session, done) {
    const name = `${String(++delivered).padStart(6, '0')}.eml`;
    const file = createWriteStream(`inbox/tmp/${name}`);
    stream.pipe(file);
    file.on('finish', () => {
      if (stream.sizeExceeded) return done(refusal(552, 'Message too big'));
      renameSync(`inbox/tmp/${name}`, `inbox/new/${name}`);
      done(null, 'OK');
    });
  },
});

const listen = (secure, port) => new Promise((open, failed) => {
  const server = new SMTPServer(options(secure));
  server.once('error', failed);
  server.listen(Number(port), '127.0.0.1', () => {
    server.removeListener('error', failed);
    server.on('error', error => console.error(error.message));
    open();
  });
});

process.stdin.on('end', () => process.exit()).resume();
Promise.all([listen(false, PORT), listen(true, TLS_PORT)]).then(
  () => writeFileSync('ready', ''),
  error => { console.error(error.message); process.exit(1); });
