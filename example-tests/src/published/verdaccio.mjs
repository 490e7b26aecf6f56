// verdaccio on a free port, without other registries behind it. The command `verdaccio` does not tell which port it got.
import { runServer } from 'verdaccio';

const folder = process.argv[1];
const everyone = { access: '$all', publish: '$all' };
const app = await runServer({
  storage: `${folder}/packages`,
  self_path: folder,
  auth: {},
  packages: { '**': everyone },
  log: { type: 'file', path: `${folder}/log`, level: 'warn' },
  web: { enable: false },
});
const server = app.listen(0, '127.0.0.1', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
