// A Worker with an instance of the component, whose calls block it and nothing else.

import { Worker } from 'node:worker_threads';
import { SmtpError, aborted, crashed } from './error.js';

// Calls whose end leaves open whether the server has taken a message.
const DELIVERING = ['finish', 'send', 'sendAll', 'sendMail'];

export class Thread {
  #worker = new Worker(new URL('./worker.js', import.meta.url), { name: 'envoi' });
  // The task before the next.
  #last = Promise.resolve();
  // The call that the Worker is at: its name, and who waits for its answer.
  #current;
  // Makes the error of all that is asked for after the end.
  #failure;
  // Fails the task at hand, whatever it waits for.
  #fail = () => {};

  constructor() {
    // Idle, it keeps no process from its end.
    this.#worker.unref();
    this.#worker.on('message', (answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.end(crashed(error.message)));
  }

  get isEnded() {
    return this.#failure !== undefined;
  }

  /** Runs a task after those before it. It gets a function that calls the component. */
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

  /** Ends the Worker and its connections, with the error of what waits and of what is asked for later. */
  end(failure) {
    if (this.isEnded) return;
    this.#failure = failure;
    this.#fail(failure(DELIVERING.includes(this.#current?.name)));
    // So that a stream that was being sent is closed.
    this.#current?.resolve({ ended: true });
    return this.#worker.terminate();
  }

  /** Ends when the signal says so; what is returned forgets the signal. */
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
    // Here, where the stack is the caller's.
    if (answer.mistake) throw mistaken(what);
    if (answer.error) throw new SmtpError(answer.error);
    return answer.value;
  }

  #ask(what) {
    return new Promise((resolve) => {
      try {
        this.#worker.postMessage(what);
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

// Without the argument, which may be a password.
function mistaken({ type, name }) {
  const where = type ? `${type}.${name}` : name;
  return new TypeError(`${where}: an argument is not of the type that envoi's declarations give it`);
}
