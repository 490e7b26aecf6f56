// A Worker with an instance of the component. Calls block that Worker only.

import { Worker } from 'node:worker_threads';
import { SmtpError, aborted, crashed } from './error.js';

// Calls that send a message: if one is cut short, the message may have been delivered.
const DELIVERING = ['finish', 'send', 'sendAllMails', 'sendMail', 'sendOnce'];

export class Thread {
  #worker = new Worker(new URL('./worker.js', import.meta.url), { name: 'envoi' });
  // The end of the newest task.
  #last = Promise.resolve();
  // The call that the Worker performs now: its name, and the function that takes its answer.
  #current;
  // After the end: makes the error of every further call.
  #failure;
  // Fails the current task, whatever it waits for.
  #fail = () => {};

  constructor() {
    // An idle Worker does not keep the process alive.
    this.#worker.unref();
    this.#worker.on('message', (answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.end(crashed(error.message)));
  }

  get isEnded() {
    return this.#failure !== undefined;
  }

  /** Runs a task when all earlier ones have ended. It gets a function that calls the component. */
  async run(task) {
    const before = this.#last;
    let done;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    try {
      if (this.#failure) throw this.#failure(false);
      const ended = new Promise((_, reject) => (this.#fail = reject));
      return await Promise.race([task((what) => this.#call(what)), ended]);
    } finally {
      done();
    }
  }

  /** Ends the Worker and its connections. `failure` makes the error of the current call and of all later ones. */
  end(failure) {
    if (this.isEnded) return;
    this.#failure = failure;
    this.#fail(failure(DELIVERING.includes(this.#current?.name)));
    // Lets a stream that is being sent close its source.
    this.#current?.resolve({ ended: true });
    return this.#worker.terminate();
  }

  /** Ends when the signal aborts. Returns a function that removes the listener. */
  endOn(signal) {
    const abort = () => this.end(aborted(signal.reason));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    return () => signal?.removeEventListener('abort', abort);
  }

  async #call(what) {
    if (this.#failure) throw this.#failure(false);
    const answer = await this.#ask(what);
    if (answer.ended) throw this.#failure(false);
    // Errors are made here, so that their stack is the caller's.
    if (answer.mistake) throw mistaken(what, answer.field);
    if (answer.error) throw new SmtpError(answer.error);
    return answer.value;
  }

  #ask({ transfer = [], ...what }) {
    return new Promise((resolve) => {
      try {
        this.#worker.postMessage(what, transfer);
      } catch {
        throw mistaken(what);
      }
      this.#current = { name: what.name, resolve };
      this.#worker.ref();
    });
  }

  #settle(answer) {
    if (answer.crash) return this.end(crashed(answer.crash));
    this.#worker.unref();
    const { resolve } = this.#current;
    this.#current = undefined;
    return resolve(answer);
  }
}

// The text does not contain the argument, which may be a password.
function mistaken({ type, name }, field) {
  const where = type ? `${type}.${name}` : name;
  return new TypeError(`${field ?? where}: an argument is not of the type that envoi's declarations give it`);
}
