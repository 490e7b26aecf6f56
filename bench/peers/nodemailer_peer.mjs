// nodemailer. Reads the task from its environment; prints when each receipt came.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const env = process.env;
const nodemailer = createRequire(`${env.NODEMAILER}/`)("nodemailer");
const to = Array.from({ length: Number(env.RECIPIENTS) }, (_, i) => `r${i}@example.test`);
const size = Number(env.SIZE);
const body = ("x".repeat(76) + "\r\n").repeat(Math.ceil(size / 78)).slice(0, Math.max(size - 20, 0));
const raw = Buffer.from(`Subject: bench\r\n\r\n${body}\r\n`);

const transport = nodemailer.createTransport({
  pool: true,
  maxConnections: Number(env.CONNECTIONS),
  maxMessages: Infinity,
  host: "127.0.0.1",
  port: Number(env.PORT),
  secure: env.SECURITY === "tls",
  requireTLS: env.SECURITY === "starttls",
  ignoreTLS: env.SECURITY === "plain",
  tls: { ca: readFileSync(env.ROOT) },
  ...(env.MECHANISM !== "none" && { auth: { user: env.USERNAME, pass: env.PASSWORD }, authMethod: env.MECHANISM }),
});

const now = () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
const receipts = [];
let left = Number(env.COUNT);
const sendSome = async () => {
  while (left-- > 0) {
    await transport.sendMail({ envelope: { from: "sender@example.test", to }, raw });
    receipts.push(now());
  }
};
// No connection waits, and no message waits for a connection.
await Promise.all(Array.from({ length: Number(env.CONNECTIONS) }, sendSome));
transport.close();
console.log(receipts.join("\n"));
const peak = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
console.log(`peak ${Number(peak[1]) * 1024}`);
const { user, system } = process.cpuUsage();
console.log(`processor ${(user + system) * 1000}`);
