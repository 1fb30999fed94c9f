// Stands in for an AI client inside VS Code, which needs a model's subscription to be one: it calls
// tools through the editor's own MCP client, all lines of a file at once, writes what came back, and
// says in the status bar which file it has written.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

/** Milliseconds between two looks for a tool whose server is starting; nothing tells of new tools. */
const AGAIN = 100;

exports.activate = (context) => {
  const said = vscode.window.createStatusBarItem("caller", vscode.StatusBarAlignment.Right);
  context.subscriptions.push(
    said,
    vscode.commands.registerCommand("caller.call", () => callAll(said)),
  );
};

async function callAll(said) {
  const { calls, answers } = JSON.parse(fs.readFileSync(process.env.CALLER_FILE, "utf8"));
  const results = await Promise.all(calls.map(call));
  fs.writeFileSync(answers, JSON.stringify(results));
  said.text = `Caller: ${path.basename(answers, ".json")}`;
  said.show();
}

async function call({ tool, input }) {
  try {
    const result = await vscode.lm.invokeTool(await find(tool), { input, toolInvocationToken: undefined });
    return { text: result.content.map((part) => part.value ?? JSON.stringify(part)).join("\n") };
  } catch (wrong) {
    return { error: String(wrong) };
  }
}

async function find(tool) {
  for (;;) {
    const found = vscode.lm.tools.map(({ name }) => name).find((name) => name.endsWith(tool));
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}
