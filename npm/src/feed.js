// Streams of this thread, for the Worker, which blocks until the piece that it asked for is there.

import { MessageChannel } from 'node:worker_threads';
import { pieces } from './content.js';

export class Feed {
  /** For the Worker. */
  given;
  /** The error of a stream. */
  failure;
  #port;
  #signal = new Int32Array(new SharedArrayBuffer(4));
  #iterators;

  constructor(streams) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.given = { port: port2, signal: this.#signal };
    this.#iterators = streams.map((stream) => pieces(stream));
    // The Worker asks for a piece by the stream's number.
    port1.on('message', (number) => this.#answer(number));
  }

  end() {
    this.#port.close();
    // Closes files. A stream that hangs may never end, so nothing waits for it.
    for (const iterator of this.#iterators) iterator.return().catch(() => {});
  }

  async #answer(number) {
    this.#port.postMessage(await this.#next(number));
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  async #next(number) {
    try {
      const { done, value } = await this.#iterators[number].next();
      return done ? { ended: true } : { piece: value };
    } catch (error) {
      this.failure = error;
      return { failed: true };
    }
  }
}
