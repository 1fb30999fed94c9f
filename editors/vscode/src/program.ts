/** Finding the program `portico`: the setting, else the PATH. Nothing of a workspace has a say in it. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Where the program is and what names it, or why it is nowhere. */
export type Found = { readonly path: string; readonly by: string } | { readonly why: string };

/** Whether a path is a file that may be run. */
export function runnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Find the program.
 *
 * @param setting What `portico.path` says; empty for nothing.
 * @param searched The PATH.
 * @param isRunnable Whether a file may be run.
 */
export function find(
  setting: string,
  searched: string,
  isRunnable: (path: string) => boolean = runnable,
): Found {
  if (setting !== "") {
    if (!isAbsolute(setting)) {
      return { why: `The setting portico.path must be an absolute path, and “${setting}” is not.` };
    }
    const by = "the setting portico.path";
    return isRunnable(setting) ? { path: setting, by } : { why: `There is no program at ${setting} (portico.path).` };
  }
  const name = process.platform === "win32" ? "portico.exe" : "portico";
  // A relative folder on the PATH would be looked for below the workspace.
  const folders = searched.split(delimiter).filter(isAbsolute);
  const path = folders.map((folder) => join(folder, name)).find(isRunnable);
  return path === undefined ? { why: "The program portico is not on the PATH." } : { path, by: "the PATH" };
}
