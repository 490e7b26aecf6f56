// The Worker: performs calls one after another, and keeps the resources that they return.

import { parentPort } from 'node:worker_threads';

const TYPES = ['Mailer', 'MessageWriter', 'Session'];
// The errors that jco throws if an argument does not have the interface's type.
const MISTAKES = [TypeError, RangeError, SyntaxError];

// By their numbers, which the other thread knows.
const resources = new Map();
let last = 0;

// Not awaited here: Deno loses messages that arrive before there is a listener.
const loading = Promise.all([import('../sync/envoi.js'), import('./composing.js')]);
let component;
let operations;
let smtp;

parentPort.on('message', async (call) => {
  [component, { operations }] = await loading;
  ({ smtp } = component);
  parentPort.postMessage(answer(call));
});

function answer(call) {
  try {
    return { value: kept(perform(call)) };
  } catch (error) {
    if (error.payload !== undefined) return { error: explained(error.payload, error.field) };
    return isMistake(error) ? { mistake: true, field: error.field } : { crash: error.message };
  }
}

/** An error of the interface, and the component's explanation. `field` is the mail's that is wrong. */
function explained(detail, field) {
  return { detail, field, ...smtp.explain(detail) };
}

/** Whether the arguments were wrong. An error inside the component is a crash: its state is undefined then. */
function isMistake(error) {
  const isInside = error.stack.includes('wasm-function[');
  return !isInside && MISTAKES.some((type) => error instanceof type);
}

function perform({ type, name, resource, args }) {
  const options = args.map(made);
  try {
    return invoke(type, name, resource, args.map((arg, i) => options[i] ?? arg));
  } finally {
    options.forEach((one) => one?.[Symbol.dispose]());
  }
}

function invoke(type, name, resource, args) {
  if (resource === undefined) {
    if (name === 'sendOnce') return operations.sendOnce(component, undefined, ...args);
    if (type === undefined) return smtp[name](...args);
    return name === 'constructor' ? new smtp[type](...args) : smtp[type][name](...args);
  }
  const target = resources.get(resource);
  if (!target) return gone(type, name);
  if (Object.hasOwn(operations, name)) return operations[name](component, target, ...args);
  if (name in target) return target[name](...args);
  // Static functions, and `drop`, consume the resource.
  resources.delete(resource);
  return name === 'drop' ? target[Symbol.dispose]() : smtp[type][name](target, ...args);
}

function gone(type, name) {
  if (name === 'drop') return undefined;
  throw { payload: { tag: 'wrong-state', val: `this ${words(type)} has ended` } };
}

/** `MessageWriter` becomes `message writer`. */
function words(type) {
  return type.replace(/(?<=[a-z])(?=[A-Z])/, ' ').toLowerCase();
}

/** Makes the component's options from the settings that Options collected. */
function made(arg) {
  if (!Array.isArray(arg?.settings)) return undefined;
  const options = new smtp.Options();
  for (const { name, args } of arg.settings) options[name](...args);
  return options;
}

/** Resources stay here and are replaced by their numbers. Errors in a list of results are explained. */
function kept(value) {
  if (Array.isArray(value)) return value.map(result);
  const type = TYPES.find((name) => value instanceof smtp[name]);
  if (type === undefined) return value;
  resources.set(++last, value);
  return { type, resource: last };
}

function result(one) {
  return one?.tag === 'err' ? { tag: 'err', val: explained(one.val, one.field) } : one;
}
