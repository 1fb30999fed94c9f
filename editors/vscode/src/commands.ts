/** What people can tell Portico to do. */
import * as vscode from "vscode";
import type { Item } from "./catalog.ts";
import type { Lease } from "./contract.ts";
import type { Hub } from "./hub.ts";
import type { PorticoWindow } from "./window.ts";

export function commands(window: PorticoWindow): vscode.Disposable[] {
  const { log } = window;
  const table: { readonly [name: string]: (item?: Item) => unknown } = {
    menu: () => menu(window),
    signIn: () => signIn(window),
    signOut: () => withHub(window, (hub) => hub.request("portico/signOut", {})),
    questions: () => withHub(window, page),
    page: () => withHub(window, page),
    leases: () => withHub(window, leases),
    why: (item) => withHub(window, (hub) => why(hub, item)),
    refresh: () => window.refresh(),
    logs: () => log.show(),
    doctor: () => withHub(window, doctor),
    restart: () => window.restart(),
  };
  return Object.entries(table).map(([name, run]) => vscode.commands.registerCommand(`portico.${name}`, run));
}

/** Run what needs the hub, and say what is wrong and who must act where it fails. */
async function withHub(window: PorticoWindow, run: (hub: Hub) => Promise<unknown>): Promise<void> {
  const { hub } = window;
  if (hub === undefined || !hub.running) {
    const chosen = await vscode.window.showErrorMessage("Portico is not running here.", "Show Logs");
    if (chosen !== undefined) {
      window.log.show();
    }
    return;
  }
  try {
    await run(hub);
  } catch (wrong) {
    void vscode.window.showErrorMessage(said(wrong));
  }
  window.refresh();
}

/** What a fault says: what happened, and what to do. */
function said(wrong: unknown): string {
  const fault = wrong as { message?: string; data?: { remedy?: string } };
  return [fault.message ?? String(wrong), fault.data?.remedy ?? ""].filter((word) => word !== "").join(" ");
}

async function menu(window: PorticoWindow): Promise<void> {
  const status = window.status;
  const signedIn = status?.user != null;
  const items: (vscode.QuickPickItem & { command: string })[] = [
    signedIn
      ? { label: "$(sign-out) Sign out", description: status.user?.name ?? "", command: "portico.signOut" }
      : { label: "$(sign-in) Sign in", command: "portico.signIn" },
    { label: "$(server) Show servers and tools", command: "portico.catalog.focus" },
    { label: "$(history) Show what happened", command: "portico.activity.focus" },
    { label: "$(globe) Open Portico's page", description: "what waits, and pairing", command: "portico.page" },
    { label: "$(clock) Show and revoke leases", command: "portico.leases" },
    { label: "$(output) Show logs", command: "portico.logs" },
    { label: "$(debug-restart) Restart", command: "portico.restart" },
    { label: "$(copy) Copy debug information", command: "portico.doctor" },
  ];
  const title = status?.summary ?? "Portico is not running here.";
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: title });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function signIn(window: PorticoWindow): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: "Portico: sign in, in your browser" };
  return withHub(window, async (hub) =>
    vscode.window.withProgress(options, async () => {
      const { user } = await hub.request("portico/signIn", {});
      if (user !== undefined) {
        vscode.window.setStatusBarMessage(`Portico: signed in as ${user.name}`, 5000);
      }
    }),
  );
}

async function page(hub: Hub): Promise<void> {
  const { url } = await hub.request("portico/page", {});
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}

async function leases(hub: Hub): Promise<void> {
  const given = (await hub.request("portico/leases", {})).leases;
  if (given.length === 0) {
    void vscode.window.showInformationMessage("You have given no answer in advance.");
    return;
  }
  const items = given.map((lease) => ({ label: reach(lease), description: `${lease.title}.${lease.tool}`, lease }));
  const title = "Choose those to revoke";
  const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true });
  for (const { lease } of chosen ?? []) {
    await hub.request("portico/revoke", { id: lease.id });
  }
}

function reach(lease: Lease): string {
  if (lease.answer === "no") {
    return "$(circle-slash) not asked about any more";
  }
  const until = lease.until === null ? "" : `, until ${new Date(lease.until * 1000).toLocaleTimeString()}`;
  return `$(clock) ${lease.left ?? "any number of"} more calls${until}`;
}

/** Say why a call runs, asks or is denied, and have the words ready for whoever can change that. */
async function why(hub: Hub, item?: Item): Promise<void> {
  if (item === undefined) {
    return;
  }
  const { server, tool } = item;
  const params = tool === undefined ? { server: server.server } : { server: server.server, tool: tool.tool };
  const found = await hub.request("portico/why", params);
  const owner = [found.owner.team, found.owner.support || found.owner.contact].filter((word) => word !== "");
  const detail = [
    found.reason,
    found.remedy,
    found.groups.length > 0 ? `It is for: ${found.groups.join(" or ")}.` : "",
    [found.risk && `Risk: ${found.risk}.`, `Decided by ${found.rule}.`].filter((word) => word !== "").join(" "),
    owner.length > 0 ? `Owner: ${owner.join(", ")}.` : "",
  ];
  const copy = found.request === "" ? [] : ["Copy a Request to the Owner"];
  const title = `${found.title}${found.tool === "" ? "" : `: ${found.tool}`}: ${found.verdict}`;
  const options = { modal: true, detail: detail.filter((word) => word !== "").join("\n\n") };
  if ((await vscode.window.showInformationMessage(title, options, ...copy)) !== undefined) {
    await vscode.env.clipboard.writeText(found.request);
  }
}

async function doctor(hub: Hub): Promise<void> {
  const { checks } = await hub.request("portico/doctor", {});
  const lines = checks.map((check) => `${check.state}: ${check.name}: ${check.finding} ${check.remedy}`.trim());
  await vscode.env.clipboard.writeText([`VS Code ${vscode.version}`, `program ${hub.program}`, ...lines].join("\n"));
  void vscode.window.showInformationMessage("Copied what Portico found when it looked at itself.");
}
