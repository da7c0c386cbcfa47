// What a user would write with undici: read the CSV, render a text, post it, so many calls at once.
//
// Usage: node undici_sender.mjs URL AUDIENCE.csv MESSAGES_PER_CALL CALLS_AT_ONCE
// Prints how many messages were accepted.

import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Pool } from "undici";

const [url, audience, perCall, atOnce] = process.argv.slice(2);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(atOnce), pipelining: 1 });
const headers = { "content-type": "application/json", authorization: "Key benchmark" };

async function* calls() {
  const lines = createInterface({ input: createReadStream(audience), crlfDelay: Infinity });
  let messages = [];
  let isHeader = true;
  for await (const line of lines) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    const [nome, telefone, cidade, pedido] = line.split(",");
    messages.push({ from: "Loja", to: telefone, text: `Oi ${nome}, o pedido ${pedido} saiu para ${cidade}.` });
    if (messages.length === Number(perCall)) {
      yield messages;
      messages = [];
    }
  }
  if (messages.length > 0) yield messages;
}

let accepted = 0;
const all = calls();
async function send() {
  for (;;) {
    const { value: messages, done } = await all.next();
    if (done) return;
    const answer = await pool.request({ path: pathname, method: "POST", headers, body: JSON.stringify({ messages }) });
    if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
    const { result } = await answer.body.json();
    accepted += result.filter(({ code }) => code === "OK").length;
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, send));
await pool.close();
console.log(accepted);
