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
  #ended;
  #fail;

  constructor() {
    this.#ended = new Promise((_, reject) => (this.#fail = reject));
    this.#ended.catch(() => {});
    // Idle, it keeps no process from its end.
    this.#worker.unref();
    this.#worker.on('message', (answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.end(crashed(error.message)));
  }

  get isEnded() {
    return this.#failure !== undefined;
  }

  /** Runs a task after those before it. It gets a function that calls the component. */
  run(task) {
    const call = (what) => this.#call(what);
    const result = this.#last.then(() => {
      if (this.#failure) throw this.#failure(false);
      return Promise.race([task(call), this.#ended]);
    });
    this.#last = result.catch(() => {});
    return result;
  }

  /** Ends the Worker and its connections, with the error of what waits and of what is asked for later. */
  end(failure) {
    if (this.isEnded) return;
    this.#failure = failure;
    this.#fail(failure(DELIVERING.includes(this.#current?.name)));
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
    if (answer.crash) {
      this.end(crashed(answer.crash));
      return this.#ended;
    }
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
    this.#worker.unref();
    const { resolve } = this.#current;
    this.#current = undefined;
    resolve(answer);
  }
}

// Without the argument, which may be a password.
function mistaken({ type, name }) {
  const where = type ? `${type}.${name}` : name;
  return new TypeError(`${where}: an argument is not of the type that envoi's declarations give it`);
}
