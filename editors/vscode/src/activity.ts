/** The view of what happened: how each call ended, the latest first. */
import * as vscode from "vscode";
import type { Record } from "./contract.ts";
import type { Hub } from "./hub.ts";

const MOST = 50;
const ICON: { readonly [outcome: string]: string } = {
  replied: "pass",
  denied: "circle-slash",
  failed: "error",
  cancelled: "debug-stop",
};

export class Activity implements vscode.TreeDataProvider<Record> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  readonly #hub: () => Hub | undefined;

  constructor(hub: () => Hub | undefined) {
    this.#hub = hub;
  }

  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(): Promise<Record[]> {
    const hub = this.#hub();
    if (hub === undefined || !hub.running) {
      return [];
    }
    const { records } = await hub.request("portico/activity", { event: "outcome", limit: MOST });
    return records.reverse();
  }

  getTreeItem(record: Record): vscode.TreeItem {
    const item = new vscode.TreeItem([record.server, record.tool].filter((word) => word !== "").join("."));
    item.iconPath = new vscode.ThemeIcon(ICON[record.outcome] ?? "circle-outline");
    item.description = `${record.outcome} · ${new Date(record.at * 1000).toLocaleTimeString()}`;
    item.tooltip = [
      `${record.outcome} ${record.reference}`.trim(),
      record.milliseconds === null ? "" : `after ${duration(record.milliseconds)}`,
      `risk ${record.risk}, verdict ${record.verdict}`,
      record.rule,
      record.surface && `answered on ${record.surface}`,
      record.summary,
      `asked by ${record.host}`,
    ]
      .filter((word) => word !== "")
      .join("\n");
    return item;
  }
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
