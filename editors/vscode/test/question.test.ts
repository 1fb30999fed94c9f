/** What a person reads before they decide. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question } from "../src/contract.ts";
import { asArguments, changes, detail, headline, lines, place, pretty } from "../src/question.ts";

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

test("a number is shown as it will run, and not as JavaScript rounds it", () => {
  const text = '{"job":9007199254740993,"share":0.10000000000000000001,"e":1e400,"o":{},"l":[1,[]]}';
  const shown = pretty(text);
  assert.equal(shown.replace(/\s/g, ""), text);
  assert.ok(shown.startsWith('{\n  "job": 9007199254740993,\n'));
  assert.ok(shown.endsWith('  "l": [\n    1,\n    []\n  ]\n}'));
});

test("arguments that are cut say so", () => {
  const long = { ...question, arguments: JSON.stringify({ rows: [...Array(100).keys()] }) };
  assert.ok(detail(long).includes("leads to all of them"));
  assert.ok(!detail(question).includes("leads to all of them"));
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

test("a batch that is long says how much it leaves out", () => {
  assert.equal(lines(Array(8).fill(question)).split("•").length, 9);
  assert.ok(lines(Array(50).fill(question)).endsWith("and 42 more, all of them in the list and in the review"));
});

test("a folder below one's home has a tilde, and no other", () => {
  assert.equal(place("/people/ana/webshop", "/people/ana"), "~/webshop");
  assert.equal(place("/people/anabel/webshop", "/people/ana"), "/people/anabel/webshop");
});

test("only an object is taken for arguments", () => {
  assert.deepEqual(asArguments('{"limit": 10}'), { limit: 10 });
  for (const typed of ["", "10", "null", "[1]", "{", '{"job":9007199254740993}', '{"n":1e400}']) {
    assert.equal(asArguments(typed), undefined);
  }
});
