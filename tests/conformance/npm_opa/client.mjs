// client.mjs PORT SUBSCRIPTION: what the client of Open Policy Agent makes of our answers, as JSON.
import { OPAClient } from "@open-policy-agent/opa";

const [port, subscription] = process.argv.slice(2);
const opa = new OPAClient(`http://127.0.0.1:${port}/`);
const path = "proviso/blob-store/nl-1";
const about = (operation) => ({ user: { id: subscription }, operation });
const failure = async (promise) => promise.then(() => "none", (error) => error.name);

const said = {
  read: await opa.evaluate(`${path}/allow`, about("read")),
  write: await opa.evaluate(`${path}/allow`, about("write")),
  detail: await opa.evaluate(path, about("write")),
  mapped: await opa.evaluate(path, about("read"), { fromResult: (r) => r.allow }),
  nobody: await opa.evaluate(`${path}/allow`, {}),
  without_input: await opa.evaluate(`${path}/allow`),
  batch: await opa.evaluateBatch(
    `${path}/allow`,
    { read: about("read"), write: about("write") },
    { fallback: true },
  ),
  elsewhere: await failure(opa.evaluate("elsewhere/allow", about("read"))),
};
console.log(JSON.stringify(said));
