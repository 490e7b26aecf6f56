// node mend.mjs FILE: mends three faults in what jco 1.35.0 makes of a component for WASI 0.3.

import { readFileSync, writeFileSync } from 'node:fs';

const faults = [
  // A static function that is not async waits (`await`), which is a syntax error.
  [/^( +[A-Z]\w*\.\w+ = )function /gm, '$1async function '],
  // Of two calls at the same time, one waits for the other in microtasks, which keep the event loop from the
  // answer that the other waits for. When the other is done, it passes the turn on anyway.
  [/(if \(this\.#lockHolderTaskID !== null\) \{\s+)this\.#scheduleLockHandoff\(\);/, '$1'],
  // The task that runs is taken for the one that began last.
  [/^function getCurrentTask\(componentIdx, taskID\) \{$/m, '$&\n  taskID ??= CURRENT_TASK_META[componentIdx]?.taskID;'],
];

const [file] = process.argv.slice(2);
let module = readFileSync(file, 'utf8');
for (const [fault, mended] of faults) {
  if (module.search(fault) < 0) throw new Error(`${fault} is not in ${file}: is this another version of jco?`);
  module = module.replace(fault, mended);
}
writeFileSync(file, module);
