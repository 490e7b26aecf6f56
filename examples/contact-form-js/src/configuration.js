// What the environment says (wasmtime serve --env NAME=VALUE).

import { getEnvironment } from 'wasi:cli/environment@0.2.10';

import { Fault } from './delivery.js';

export function readConfiguration() {
  const environment = Object.fromEntries(getEnvironment());
  const need = (name) => {
    if (environment[name]) return environment[name];
    throw new Fault('set-up', `${name} is not set in the environment`);
  };
  return {
    // The mail server, such as smtps://user:password@mail.example.org.
    server: need('SMTP_URL'),
    // Who gets the letters.
    to: need('CONTACT_TO'),
    // Whom they are from: an address that the mail server lets this user send from.
    from: need('CONTACT_FROM'),
    // The name in the server's certificate, where the URL has an IP address.
    serverName: environment.SMTP_SERVER_NAME,
    // PEM: where the server's certificate is of an authority of one's own.
    authorities: environment.SMTP_CA,
  };
}
