/** The status bar: who is signed in, what waits, and a menu of all the rest. */
import * as vscode from "vscode";
import type { Status } from "./contract.ts";

/** How things are where there is no status: in a word for the bar, and as a sentence. */
export type Absence = { readonly word: string; readonly why: string };

/** What the status bar says, made of plain values: who is signed in, then what is to be known. */
export function words(
  status: Status | undefined,
  waiting: number,
  absence: Absence,
): { text: string; alert: boolean } {
  if (status === undefined) {
    return { text: `$(circle-slash) Portico: ${waiting > 0 ? `${waiting} waiting` : absence.word}`, alert: waiting > 0 };
  }
  const canSignIn = status.user === null && status.registry !== null;
  const who = status.user?.name ?? (canSignIn ? "Portico: sign in" : "Portico");
  // Those of one prompt are answered one by one in the review, and the prompt stays until the last.
  const here = status.pending > 0 ? Math.min(waiting, status.pending) : waiting;
  const elsewhere = Math.max(0, status.pending - waiting);
  const said = [
    who,
    here > 0 ? `$(bell-dot) ${here} waiting` : "",
    elsewhere > 0 ? `$(bell) ${elsewhere} elsewhere` : "",
    status.offline || status.registry?.fault ? "$(debug-disconnect) offline" : "",
    status.problems.length > 0 ? "$(warning)" : "",
  ];
  const icon = canSignIn ? "sign-in" : "shield";
  return { text: `$(${icon}) ${said.filter((word) => word !== "").join(" ")}`, alert: here > 0 || canSignIn };
}

/** The item at the bottom of the window. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem("portico.status", vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.#item.name = "Portico";
    this.#item.command = "portico.menu";
    this.#item.show();
  }

  show(status: Status | undefined, waiting: number, absence: Absence, paired: boolean): void {
    const { text, alert } = words(status, waiting, absence);
    this.#item.text = text;
    this.#item.backgroundColor = alert ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    const pairing =
      status?.user && !paired
        ? "\n\nThis window is not paired: what is destructive is asked on Portico's page."
        : "";
    this.#item.tooltip = `${status?.summary ?? absence.why}${pairing}`;
    this.#item.accessibilityInformation = { label: `Portico: ${this.#item.tooltip}`, role: "button" };
  }

  dispose(): void {
    this.#item.dispose();
  }
}
