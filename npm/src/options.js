// The options of a message. They are collected here; the Worker that sends the message makes the interface's
// `options` of them.

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

/** Converts an argument for the Worker. */
export function portable(arg) {
  return arg instanceof Options ? { settings: Options.settings(arg) } : arg;
}
