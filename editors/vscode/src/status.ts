/** The status bar: who is signed in, what waits, and a menu of all the rest. */
import * as vscode from "vscode";
import type { Status } from "./contract.ts";

/** What the status bar says, made of plain values. */
export function words(status: Status | undefined, waiting: number, why: string): { text: string; alert: boolean } {
  if (waiting > 0) {
    return { text: `$(bell-dot) Portico: ${waiting} ${waiting === 1 ? "waits" : "wait"}`, alert: true };
  }
  if (status === undefined) {
    return { text: `$(circle-slash) Portico: ${why}`, alert: false };
  }
  if (status.pending > 0) {
    return { text: `$(bell) Portico: ${status.pending} elsewhere`, alert: false };
  }
  if (status.user === null) {
    const signIn = status.registry !== null;
    return { text: signIn ? "$(sign-in) Portico: sign in" : "$(shield) Portico", alert: signIn };
  }
  const trouble = status.problems.length > 0 ? " $(warning)" : "";
  return { text: `$(shield) ${status.user.name}${trouble}`, alert: false };
}

/** The item at the bottom of the window. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("portico.status", vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = "Portico";
    this.#item.command = "portico.menu";
    this.#item.show();
  }

  show(status: Status | undefined, waiting: number, why: string, paired: boolean): void {
    const { text, alert } = words(status, waiting, why);
    this.#item.text = text;
    this.#item.backgroundColor = alert ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    const pairing =
      status?.user && !paired
        ? "\n\nThis window is not paired: what is destructive is asked on Portico's page."
        : "";
    this.#item.tooltip = `${status?.summary ?? why}${pairing}`;
    this.#item.accessibilityInformation = { label: `Portico: ${this.#item.tooltip}`, role: "button" };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
