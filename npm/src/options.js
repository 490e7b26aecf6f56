// What a message asks of the server: collected here, and made an `options` of the interface in
// whichever Worker sends the message.

import { methods } from './methods.js';

export class Options {
  #settings = [];

  static settings(options) {
    return [...options.#settings];
  }

  static set(options, name, args) {
    options.#settings.push({ name, args });
    return options;
  }
}

for (const name of methods.Options) {
  const value = function (...args) {
    return Options.set(this, name, args);
  };
  Object.defineProperty(Options.prototype, name, { value, configurable: true, writable: true });
}

/** An argument as the Worker takes it. */
export function portable(arg) {
  return arg instanceof Options ? { settings: Options.settings(arg) } : arg;
}
