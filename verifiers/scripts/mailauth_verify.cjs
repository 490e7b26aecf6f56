// Verifies messages with npm's mailauth: the port of a DNS server on 127.0.0.1, then files. Prints a line for each
// file with the result of each signature: `pass`, or another word of RFC 8601 and why.

const { promises: dns } = require("node:dns");
const { readFile } = require("node:fs/promises");
const { dkimVerify } = require("mailauth/lib/dkim/verify");

const [port, ...paths] = process.argv.slice(2);
const resolver = new dns.Resolver({ timeout: 5000 });
resolver.setServers([`127.0.0.1:${port}`]);

async function verify(path) {
  const { results } = await dkimVerify(await readFile(path), {
    resolver: (name, type) => resolver.resolve(name, type),
  });
  const words = results.map(({ status: { result, comment } }) =>
    result === "pass" ? result : `${result}(${String(comment).split(/\s+/).join("_")})`,
  );
  return words.join(" ");
}

(async () => {
  for (const path of paths) console.log(await verify(path));
})();
