import { inspect } from 'node:util';
import { secure } from './secure.mjs';

const mailer = await secure('hunter2');
await mailer.setTranscriptLines(100);
const everything = { showHidden: true, depth: Infinity };
try {
  await mailer.send({ from: 'a@mail.test', to: 'b@mail.test', text: 'Hi' });
} catch (error) {
  console.log(`${error.code} at ${error.phase}: ${error.message}`);
  console.log(inspect(error, everything), inspect(mailer, everything));
  console.log(await mailer.takeTranscript());
}
