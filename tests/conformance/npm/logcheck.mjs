// logcheck.mjs NODE_MODULES LOGDIR VKEY: verifies a folder of a transparency log with the npm
// package @transmute/rfc9162 (the tree), node:crypto (the signature), and nothing of Proviso.
//
// It reads the checkpoint and the entries, and no tile: the root is computed from the entries. It
// keeps all entries in memory. Prints "OK origin=... size=... root=..." and ends with 0, or prints
// "FAIL: ..." and ends with 1.
import crypto from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [modules, folder, vkey] = process.argv.slice(2);
const { RFC9162 } = createRequire(path.join(modules, "resolve.js"))("@transmute/rfc9162");

const WIDTH = 256;
const PROOF_STEP = 97;
// What stands before the 32 bytes of an Ed25519 key in its DER form (RFC 8410).
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

function fail(why) {
  throw new Error(why);
}

function verifierOf(text) {
  const [name, id, ...rest] = text.split("+");
  const typed = Buffer.from(rest.join("+"), "base64");
  const computed = crypto.createHash("sha256").update(`${name}\n`).update(typed).digest();
  if (computed.subarray(0, 4).toString("hex") !== id) fail("the key's id is not its own");
  const der = Buffer.concat([ED25519_SPKI, typed.subarray(1)]);
  return { name, id, key: crypto.createPublicKey({ key: der, format: "der", type: "spki" }) };
}

function readCheckpoint(verifier) {
  const note = fs.readFileSync(path.join(folder, "checkpoint"), "utf8");
  const end = note.lastIndexOf("\n\n");
  if (end < 0) fail("checkpoint: no signature");
  const body = note.slice(0, end + 1);
  const begin = `\u2014 ${verifier.name} `;
  const line = note.slice(end + 2).split("\n").find((each) => each.startsWith(begin));
  if (line === undefined) fail("checkpoint: no signature of the key");
  const signature = Buffer.from(line.slice(begin.length), "base64");
  const isOurs = signature.subarray(0, 4).toString("hex") === verifier.id;
  if (!isOurs || !crypto.verify(null, Buffer.from(body), verifier.key, signature.subarray(4))) {
    fail("checkpoint: the signature does not hold");
  }
  const [origin, size, root] = body.split("\n");
  if (origin !== verifier.name) fail(`checkpoint: origin ${origin}`);
  return { origin, size: Number(size), root };
}

function numberPath(number) {
  const groups = [String(number % 1000).padStart(3, "0")];
  for (let rest = Math.floor(number / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

function readEntries(size) {
  const entries = [];
  for (let number = 0; number * WIDTH < size; number += 1) {
    const width = Math.min(WIDTH, size - number * WIDTH);
    const name = numberPath(number) + (width === WIDTH ? "" : `.p/${width}`);
    let rest = fs.readFileSync(path.join(folder, "tile/entries", name));
    for (let i = 0; i < width; i += 1) {
      const length = rest.readUInt16BE(0);
      if (rest.length < 2 + length) fail(`tile/entries/${name}: entry ${i} is cut short`);
      entries.push(new Uint8Array(rest.subarray(2, 2 + length)));
      rest = rest.subarray(2 + length);
    }
    if (rest.length > 0) fail(`tile/entries/${name}: bytes after the last entry`);
  }
  return entries;
}

async function check() {
  const { origin, size, root } = readCheckpoint(verifierOf(vkey));
  const entries = readEntries(size);
  const head = await RFC9162.treeHead(entries);
  const found = Buffer.from(head).toString("base64");
  if (found !== root) fail(`the entries have the root ${found}, the checkpoint says ${root}`);
  for (let index = 0; index < size; index += PROOF_STEP) {
    const leaf = await RFC9162.leaf(entries[index]);
    const proof = await RFC9162.inclusionProof(entries[index], entries);
    if (!(await RFC9162.verifyInclusionProof(head, leaf, proof))) fail(`entry ${index}: no proof`);
  }
  return `OK origin=${origin} size=${size} root=${found}`;
}

check().then(
  (found) => console.log(found),
  (error) => {
    console.log(`FAIL: ${error.message}`);
    process.exitCode = 1;
  },
);
