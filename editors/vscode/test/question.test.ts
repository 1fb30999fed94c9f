/** What a person reads before they decide. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question } from "../src/contract.ts";
import { changes, detail, headline, pretty } from "../src/question.ts";

const question: Question = {
  id: "4f1d0c5a9b3e7788",
  tag: "92b4",
  server: "presto",
  title: "Presto",
  owner: { team: "data-platform", contact: "", support: "slack://#presto-help" },
  reviewed: true,
  tool: "drop_table",
  risk: "destructive",
  arguments: '{"table":"dev_alice.scratch"}',
  reason: "This call is destructive, says the registry.",
  host: "Claude Code",
  workspace: "/src/webshop",
  deadline: 1795000300,
  changes: null,
  lease: null,
  inputSchema: null,
  surfaces: ["editor", "page"],
  coded: false,
};

test("the headline names risk, tool and server", () => {
  assert.equal(headline(question), "DESTRUCTIVE: run “drop_table” on Presto?");
});

test("the detail shows the arguments, the reason, the owner and who asks", () => {
  const text = detail(question);
  const parts = ['"table": "dev_alice.scratch"', "says the registry", "data-platform, slack://#presto-help", "Claude Code in /src/webshop", "92b4"];
  for (const part of parts) {
    assert.ok(text.includes(part), part);
  }
});

test("text that hides or reverses is shown as what it is", () => {
  assert.equal(pretty('{"a":"\\u202e\\u200b\\u001b[2J"}'), '{\n  "a": "\\u{202e}\\u{200b}\\u001b[2J"\n}');
});

test("arguments that are cut say so", () => {
  const long = { ...question, arguments: JSON.stringify({ rows: [...Array(100).keys()] }) };
  assert.ok(detail(long).includes("shows them whole"));
  assert.ok(!detail(question).includes("shows them whole"));
});

test("what changed since the last yes is said, also when it is nothing", () => {
  assert.deepEqual(changes(question), []);
  assert.deepEqual(changes({ ...question, changes: [] }), ["Since your last yes: nothing changed.", ""]);
  const changed = [{ path: "limit", before: "10", after: null }];
  assert.deepEqual(changes({ ...question, changes: changed })[1], "  limit: 10 → (nothing)");
});

test("a server that the company did not review is called so", () => {
  assert.ok(detail({ ...question, reviewed: false }).includes("not reviewed by your company"));
});
