/** Finding the program. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../src/program.ts";

const there = (path: string): boolean => path === "/opt/portico/bin/portico";

test("the setting comes before the PATH", () => {
  assert.deepEqual(find("/opt/portico/bin/portico", "/usr/bin", there), {
    path: "/opt/portico/bin/portico",
    by: "the setting portico.path",
  });
});

test("the PATH is searched in its order, and only its absolute folders", () => {
  assert.deepEqual(find("", ".:bin:/usr/bin:/opt/portico/bin", there), {
    path: "/opt/portico/bin/portico",
    by: "the PATH",
  });
  const anything = (): boolean => true;
  assert.deepEqual(find("", ".:bin:/usr/bin", anything), { path: "/usr/bin/portico", by: "the PATH" });
});

test("a program that is not there is said to be missing", () => {
  assert.ok("why" in find("", "/usr/bin", there));
  assert.ok("why" in find("portico", "/opt/portico/bin", there));
  assert.ok("why" in find("/nowhere/portico", "/opt/portico/bin", there));
});
