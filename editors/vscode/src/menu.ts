/** What the status bar leads to. */
import * as vscode from "vscode";
import type { PorticoWindow } from "./window.ts";

type Entry = vscode.QuickPickItem & { readonly command: string };

/** What can be done now, the likeliest first. */
function entries(window: PorticoWindow): Entry[] {
  const { hub, status, waiting } = window;
  const always: Entry[] = [
    { label: "$(output) Show logs", command: "portico.logs" },
    { label: "$(debug-restart) Restart", command: "portico.restart" },
    { label: "$(copy) Copy debug information", command: "portico.doctor" },
  ];
  if (hub === undefined) {
    return [{ label: "$(cloud-download) How to get the program", command: "portico.getProgram" }, ...always];
  }
  const user = status?.user;
  const pending = Math.max(waiting, status?.pending ?? 0);
  return [
    ...(pending > 0
      ? [{ label: "$(bell) Answer what waits", description: String(pending), command: "portico.questions" }]
      : []),
    user
      ? { label: "$(sign-out) Sign out", description: user.name, command: "portico.signOut" }
      : { label: "$(sign-in) Sign in", command: "portico.signIn" },
    { label: "$(server) Show servers and tools", command: "portico.catalog.focus" },
    { label: "$(history) Show what happened", command: "portico.activity.focus" },
    { label: "$(checklist) Open the review", description: "what waits, and tools that changed", command: "portico.review" },
    { label: "$(globe) Open Portico's page", description: "in your browser; pairing", command: "portico.page" },
    status?.offline
      ? { label: "$(plug) Come back online", description: "for every window", command: "portico.online" }
      : { label: "$(debug-disconnect) Go offline", description: "for every window", command: "portico.offline" },
    { label: "$(clock) Show and revoke leases", command: "portico.leases" },
    ...always,
  ];
}

export async function menu(window: PorticoWindow): Promise<void> {
  const title = window.status?.summary ?? window.absence.why;
  const chosen = await vscode.window.showQuickPick(entries(window), { placeHolder: title });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
