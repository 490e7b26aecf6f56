// The Worker's side: performs calls, one after another, and keeps the resources that they make.

import { parentPort } from 'node:worker_threads';

const TYPES = ['Client', 'Mailer', 'Message'];
// What jco throws where an argument is of another type than the interface's.
const MISTAKES = [TypeError, RangeError, SyntaxError];

// By the numbers that the other side has for them.
const resources = new Map();
let last = 0;

// Not waited for here: in Deno, what comes before there is a listener is lost.
const loading = import('../sync/envoi.js');
let smtp;

parentPort.on('message', async (call) => {
  ({ smtp } = await loading);
  parentPort.postMessage(answer(call));
});

function answer(call) {
  try {
    return { value: kept(perform(call)) };
  } catch (error) {
    if (error.payload !== undefined) return { error: explained(error.payload) };
    return isMistake(error) ? { mistake: true } : { crash: error.message };
  }
}

/** An error of the interface, and what the component says of it. */
function explained(detail) {
  return { detail, ...smtp.explain(detail) };
}

/** Not where the component was at work already, which leaves it in no good state. */
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
    if (type === undefined) return smtp[name](...args);
    return name === 'constructor' ? new smtp[type](...args) : smtp[type][name](...args);
  }
  const target = resources.get(resource);
  if (!target) return gone(type, name);
  if (name in target) return target[name](...args);
  // What ends a resource takes it.
  resources.delete(resource);
  return name === 'drop' ? target[Symbol.dispose]() : smtp[type][name](target, ...args);
}

function gone(type, name) {
  if (name === 'drop') return undefined;
  throw { payload: { tag: 'wrong-state', val: `this ${type.toLowerCase()} has ended` } };
}

/** The component's options, of what Options collected. */
function made(arg) {
  if (!Array.isArray(arg?.settings)) return undefined;
  const options = new smtp.Options();
  for (const { name, args } of arg.settings) options[name](...args);
  return options;
}

/** A resource stays here; its number leaves. Of several results, errors are explained. */
function kept(value) {
  if (Array.isArray(value)) return value.map(result);
  const type = TYPES.find((name) => value instanceof smtp[name]);
  if (type === undefined) return value;
  resources.set(++last, value);
  return { type, resource: last };
}

function result(one) {
  return one?.tag === 'err' ? { tag: 'err', val: explained(one.val) } : one;
}
