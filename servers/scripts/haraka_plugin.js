// Users, recipients and mailbox (inbox/new of the current folder), which Haraka leaves to plugins.
// Writes the file `ready` once both ports are open, and ends Haraka with its standard input.
'use strict';
const { createWriteStream, mkdirSync, renameSync, writeFileSync } = require('node:fs');

const { SMTP_USER, SMTP_PASSWORD } = process.env;
let delivered = 0;

exports.register = function () {
  this.inherits('auth/auth_base');
  for (const folder of ['tmp', 'new']) mkdirSync(`inbox/${folder}`, { recursive: true });
  process.stdin.on('end', () => process.exit()).resume();
};

exports.hook_init_master = next => {
  writeFileSync('ready', '');
  next();
};

// No DNS lookups.
exports.hook_lookup_rdns = next => next(OK, 'localhost');

// Haraka waits for seconds after a wrong password, longer each time; this count stays below that.
exports.hook_connect = (next, connection) => {
  connection.notes.auth_fails = -Infinity;
  next();
};

exports.get_plain_passwd = (user, connection, done) => done(user === SMTP_USER ? SMTP_PASSWORD : null);

exports.hook_mail = next => next(OK);

exports.hook_rcpt = (next, connection, [recipient]) => {
  const address = recipient.address;
  if (address === 'rejected@example.test') return next(DENY, 'No such user');
  if (address === 'later@example.test') return next(DENYSOFT, 'Try again later');
  if (!address.endsWith('@example.test')) return next(DENY, 'Relaying denied');
  next(OK);
};

// Otherwise Haraka adds an Authentication-Results field.
exports.hook_data = (next, connection) => {
  connection.notes.authentication_results = [];
  next();
};

exports.hook_queue = (next, connection) => {
  const name = `${String(++delivered).padStart(6, '0')}.eml`;
  const file = createWriteStream(`inbox/tmp/${name}`);
  file.on('close', () => {
    renameSync(`inbox/tmp/${name}`, `inbox/new/${name}`);
    next(OK);
  });
  connection.transaction.message_stream.pipe(file);
};
// For authenticated clients.
exports.hook_queue_outbound = exports.hook_queue;
