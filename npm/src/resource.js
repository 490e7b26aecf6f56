// What a Worker has, as this thread has it.

import { portable } from './options.js';

/** By their names; those of resources that calls return. */
export const classes = {};

export class Resource {
  #thread;
  #made;

  /** `made` promises the type and the number that the Worker gave it. */
  constructor(thread, made) {
    this.#thread = thread;
    this.#made = made;
    // Whoever calls this resource learns why there is none.
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
