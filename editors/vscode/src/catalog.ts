/** The view of servers and their tools. */
import * as vscode from "vscode";
import type { Server, Tool } from "./contract.ts";
import type { Hub } from "./hub.ts";

export type Item = { readonly server: Server; readonly tool?: Tool };

const VERDICT = { allow: "runs", ask: "asks you", deny: "denied" } as const;
const STATE = { live: "", snapshot: "as last seen", asking: "asking…", absent: "does not answer" } as const;
const STANDING = { offered: "", withheld: "withheld", forbidden: "not for you", "sign-in-needed": "sign in first" } as const;
const ICON = { allow: "play", ask: "question", deny: "circle-slash" } as const;

export class Catalog implements vscode.TreeDataProvider<Item> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  readonly #hub: () => Hub | undefined;

  constructor(hub: () => Hub | undefined) {
    this.#hub = hub;
  }

  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(above?: Item): Promise<Item[]> {
    const hub = this.#hub();
    if (hub === undefined || !hub.running) {
      return [];
    }
    if (above === undefined) {
      const { servers } = await hub.request("portico/servers", {});
      return servers.map((server) => ({ server }));
    }
    const { server } = above;
    const { tools } = await hub.request("portico/tools", { server: server.server });
    return tools.map((tool) => ({ server, tool }));
  }

  getTreeItem({ server, tool }: Item): vscode.TreeItem {
    return tool === undefined ? serverItem(server) : toolItem(server, tool);
  }
}

function serverItem(server: Server): vscode.TreeItem {
  const offered = server.standing === "offered";
  const item = new vscode.TreeItem(
    server.title || server.server,
    offered && server.tools > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  const state = server.fault === null ? "pass" : "warning";
  item.iconPath = new vscode.ThemeIcon(offered ? state : "lock");
  item.description = [offered ? STATE[server.state] : STANDING[server.standing], server.environment, server.owner.team]
    .filter((word) => word !== "")
    .join(" · ");
  item.tooltip = [server.description, server.reason, server.fault?.message, server.fault?.remedy, support(server)]
    .filter((word) => word !== undefined && word !== "")
    .join("\n\n");
  item.contextValue = "server";
  return item;
}

function toolItem(server: Server, tool: Tool): vscode.TreeItem {
  const item = new vscode.TreeItem(tool.tool);
  const colour = tool.risk === "destructive" ? new vscode.ThemeColor("charts.red") : undefined;
  item.iconPath = new vscode.ThemeIcon(ICON[tool.verdict], colour);
  item.description = `${tool.risk} · ${VERDICT[tool.verdict]}`;
  item.tooltip = [tool.title, tool.description, tool.reason, support(server)].filter((word) => word !== "").join("\n\n");
  item.contextValue = "tool";
  return item;
}

function support({ owner }: Server): string {
  const reach = owner.support || owner.contact;
  return [owner.team, reach].filter((word) => word !== "").join(", ");
}
