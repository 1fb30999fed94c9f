/**
 * The review: what waits for a yes as a document, with buttons above each call, and comparisons.
 *
 * The hub writes the texts and makes the buttons; here they are only shown.
 */
import * as vscode from "vscode";
import type { Hub } from "./hub.ts";

/** The scheme of the review and of both sides of a comparison. */
export const SCHEME = "portico-review";
const CALLS = vscode.Uri.from({ scheme: SCHEME, path: "/calls.md" });

export class Review implements vscode.TextDocumentContentProvider {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  readonly #hub: () => Hub | undefined;

  constructor(hub: () => Hub | undefined) {
    this.#hub = hub;
  }

  /** Other questions are open now. */
  changed(): void {
    this.#changed.fire(CALLS);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const hub = this.#hub();
    try {
      return hub === undefined ? "" : (await hub.request("portico/document", { uri: uri.toString() })).text;
    } catch {
      return "That call does not wait any more.\n";
    }
  }

  /** Open it, at the question of that tag where one is named. */
  async show(tag?: string): Promise<void> {
    const review = await this.#hub()?.request("portico/review", {});
    if (review === undefined) {
      return;
    }
    const line = review.calls.find((call) => call.tag === tag)?.line ?? 0;
    const selection = new vscode.Range(line, 0, line, 0);
    await vscode.window.showTextDocument(CALLS, { preview: false, selection });
  }

  /** Which questions still wait, by their ids. */
  async open(): Promise<ReadonlySet<string>> {
    const waiting = (await this.#hub()?.request("portico/approvals", {}))?.approvals ?? [];
    return new Set(waiting.map(({ id }) => id));
  }
}

/** Two documents beside each other, as the hub's button *Compare* names them. */
export async function compare(before?: unknown, after?: unknown, title?: unknown): Promise<void> {
  const sides = [before, after].map((side) => vscode.Uri.parse(String(side), true));
  if (sides.every(({ scheme }) => scheme === SCHEME)) {
    await vscode.commands.executeCommand("vscode.diff", ...sides, String(title));
  }
}
