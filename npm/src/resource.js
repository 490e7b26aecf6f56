// A resource of the component in the Worker. This thread calls it by its number.

import { portable } from './options.js';

/** The classes of resources that calls return, by name. */
export const classes = {};

export class Resource {
  #thread;
  #made;

  /** `made` is a promise of the resource's type and its number in the Worker. */
  constructor(thread, made) {
    this.#thread = thread;
    this.#made = made;
    // Calls of this resource report the error.
    made.catch(() => {});
  }

  static made(self) {
    return self.#made;
  }

  static async call(self, name, args) {
    const made = await self.#made;
    const what = { ...made, name, args: args.map(portable) };
    const value = await self.#thread.run((call) => call(what));
    const type = classes[value?.type];
    return type ? new type(self.#thread, Promise.resolve(value)) : value;
  }

  async [Symbol.asyncDispose]() {
    if (!this.#thread.isEnded) await Resource.call(this, 'drop', []);
  }
}
