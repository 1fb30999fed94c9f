// Stands in for an AI client inside VS Code, which needs a model's subscription to be one: it calls
// tools through the editor's own MCP client, all lines of a file at once, and writes what came back.
const fs = require("node:fs");
const vscode = require("vscode");

exports.activate = (context) => {
  context.subscriptions.push(vscode.commands.registerCommand("caller.call", callAll));
};

async function callAll() {
  const { calls, answers } = JSON.parse(fs.readFileSync(process.env.CALLER_FILE, "utf8"));
  const results = await Promise.all(calls.map(call));
  fs.writeFileSync(`${answers}.part`, JSON.stringify(results));
  fs.renameSync(`${answers}.part`, answers);
}

async function call({ tool, input }) {
  const found = vscode.lm.tools.map(({ name }) => name).find((name) => name.endsWith(tool));
  if (found === undefined) {
    return { error: `no ${tool} among ${vscode.lm.tools.map(({ name }) => name).join(" ")}` };
  }
  try {
    const result = await vscode.lm.invokeTool(found, { input, toolInvocationToken: undefined });
    return { text: result.content.map((part) => part.value ?? JSON.stringify(part)).join("\n") };
  } catch (wrong) {
    return { error: String(wrong) };
  }
}
