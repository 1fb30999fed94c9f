/** The view of what happened: how each call ended, the latest first, and a thumb for what it brought. */
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

/** How one call ended, and what the person thinks of it. */
export type Ended = { readonly record: Record; readonly thumb: string };

export class Activity implements vscode.TreeDataProvider<Ended> {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;

  readonly #hub: () => Hub | undefined;

  constructor(hub: () => Hub | undefined) {
    this.#hub = hub;
  }

  refresh(): void {
    this.#changed.fire();
  }

  async getChildren(): Promise<Ended[]> {
    const hub = this.#hub();
    if (hub === undefined || !hub.running) {
      return [];
    }
    const [outcomes, ratings] = await Promise.all([
      hub.request("portico/activity", { event: "outcome", limit: MOST }),
      hub.request("portico/activity", { event: "rated", limit: MOST }),
    ]);
    // The latest thumb stands for a call; they come oldest first.
    const thumbs = new Map(ratings.records.map(({ exchange, outcome }) => [exchange, outcome]));
    return outcomes.records.reverse().map((record) => ({ record, thumb: thumbs.get(record.exchange) ?? "" }));
  }

  getTreeItem({ record, thumb }: Ended): vscode.TreeItem {
    const item = new vscode.TreeItem([record.server, record.tool].filter((word) => word !== "").join("."));
    item.iconPath = new vscode.ThemeIcon(ICON[record.outcome] ?? "circle-outline");
    const rated = { up: "rated good", down: "rated not good" }[thumb] ?? "";
    item.description = [record.outcome, rated, clock(record.at)].filter((word) => word !== "").join(" · ");
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
    item.contextValue = record.outcome === "replied" ? "result" : "record";
    return item;
  }
}

/** Give a result a thumb; one that is down may say why. */
export async function rate(hub: Hub, { record }: Ended, thumb: "up" | "down"): Promise<void> {
  const note =
    thumb === "up"
      ? ""
      : await vscode.window.showInputBox({
          title: `What was wrong with the result of ${record.server}.${record.tool}?`,
          prompt: "Goes on record in your audit, with the thumb. It may stay empty.",
        });
  if (note !== undefined) {
    await hub.request("portico/rate", { record: record.id, thumb, ...(note === "" ? {} : { note }) });
  }
}

function clock(at: number): string {
  return new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
