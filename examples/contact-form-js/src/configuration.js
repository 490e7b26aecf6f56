// The settings, from environment variables (wasmtime serve --env NAME=VALUE).

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
    // The recipient of the messages.
    to: need('CONTACT_TO'),
    // The sender: an address that the mail server allows this user.
    from: need('CONTACT_FROM'),
    // The name in the server's certificate, if the URL has an IP address.
    serverName: environment.SMTP_SERVER_NAME,
    // Certificates in PEM, if the server's certificate comes from your own authority.
    authorities: environment.SMTP_CA,
  };
}
