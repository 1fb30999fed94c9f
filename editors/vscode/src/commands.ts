/** What people can tell Portico to do. */
import * as vscode from "vscode";
import { type Ended, rate } from "./activity.ts";
import type { Item } from "./catalog.ts";
import type { Lease } from "./contract.ts";
import { said } from "./fault.ts";
import type { Hub } from "./hub.ts";
import { menu } from "./menu.ts";
import { compare } from "./review.ts";
import type { PorticoWindow } from "./window.ts";

type Run = (...given: never[]) => unknown;

export function commands(window: PorticoWindow): vscode.Disposable[] {
  const { log } = window;
  const thumb = (way: "up" | "down") => (ended?: Ended) =>
    ended === undefined ? undefined : withHub(window, (hub) => rate(hub, ended, way));
  const table: { readonly [name: string]: Run } = {
    menu: () => menu(window),
    signIn: () => signIn(window),
    signOut: () => withHub(window, (hub) => hub.request("portico/signOut", {})),
    questions: () => window.approvals.resume() || withHub(window, () => window.review.show()),
    review: () => withHub(window, () => window.review.show()),
    compare,
    page: () => withHub(window, page),
    leases: () => withHub(window, leases),
    offline: () => withHub(window, (hub) => hub.request("portico/offline", { offline: true })),
    online: () => withHub(window, (hub) => hub.request("portico/offline", { offline: false })),
    why: (item?: Item) => withHub(window, (hub) => why(hub, item)),
    thumbUp: thumb("up"),
    thumbDown: thumb("down"),
    refresh: () => window.refresh(),
    logs: () => log.show(),
    doctor: () => doctor(window),
    restart: () => window.start(),
    getProgram: () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", "portico.portico#start"),
  };
  return Object.entries(table).map(([name, run]) => vscode.commands.registerCommand(`portico.${name}`, run));
}

/** Run what needs the hub, and say what is wrong and who must act where it fails. */
async function withHub(window: PorticoWindow, run: (hub: Hub) => Promise<unknown>): Promise<void> {
  const { hub } = window;
  if (hub === undefined || !hub.running) {
    await absent(window);
    return;
  }
  try {
    await run(hub);
  } catch (wrong) {
    void vscode.window.showErrorMessage(said(wrong));
  }
  window.refresh();
}

/** Say why nothing works here, and lead to what helps. */
async function absent(window: PorticoWindow): Promise<void> {
  const help: { readonly [button: string]: string } =
    window.hub === undefined
      ? { "How to Get It": "portico.getProgram", "Show Logs": "portico.logs" }
      : { Restart: "portico.restart", "Show Logs": "portico.logs" };
  const chosen = await vscode.window.showErrorMessage(
    `Portico is not running here. ${window.absence.why}`,
    ...Object.keys(help),
  );
  const command = chosen === undefined ? undefined : help[chosen];
  if (command !== undefined) {
    await vscode.commands.executeCommand(command);
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

/** Copy what whoever helps will ask for, also where nothing runs. */
async function doctor(window: PorticoWindow): Promise<void> {
  const { hub } = window;
  const lines = [
    `VS Code ${vscode.version} (${vscode.env.appName}${vscode.env.remoteName ? `, remote ${vscode.env.remoteName}` : ""})`,
    `extension ${window.version}`,
    `workspace ${vscode.workspace.isTrusted ? "trusted" : "not trusted"}`,
    `program ${hub?.program ?? window.absence.why}`,
  ];
  try {
    const checks = hub?.running ? (await hub.request("portico/doctor", {})).checks : [];
    lines.push(...checks.map((check) => `${check.state}: ${check.name}: ${check.finding} ${check.remedy}`.trim()));
  } catch (wrong) {
    lines.push(`failed: ${said(wrong)}`);
  }
  if (!hub?.running) {
    lines.push(`not running: ${window.absence.why}`);
  }
  await vscode.env.clipboard.writeText(lines.join("\n"));
  void vscode.window.showInformationMessage("Copied what Portico found when it looked at itself.");
}
