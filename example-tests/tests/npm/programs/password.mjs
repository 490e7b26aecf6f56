import { inspect } from 'node:util';
import { secure } from './secure.mjs';

const mailer = await secure('hunter2');
await mailer.setTranscriptLines(100);
const everything = { showHidden: true, depth: Infinity };
try {
  await mailer.send({ sender: 'a@mail.test', recipients: ['b@mail.test'] }, 'Hi\n');
} catch (error) {
  console.log(`${error.code} at ${error.phase}: ${error.message}`);
  console.log(inspect(error, everything), inspect(mailer, everything));
  console.log(await mailer.takeTranscript());
}
