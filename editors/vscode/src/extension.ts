/** Portico in VS Code: it shows, asks and starts the program; it never decides. */
import type { ExtensionContext } from "vscode";
import { commands } from "./commands.ts";
import { PorticoWindow } from "./window.ts";

let window: PorticoWindow | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  window = new PorticoWindow(context);
  context.subscriptions.push(...commands(window));
  await window.start();
}

export async function deactivate(): Promise<void> {
  await window?.hub?.dispose();
}
