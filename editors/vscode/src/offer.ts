/** Portico as an MCP server for the editor's own AI features, so that nobody needs an `mcp.json`. */
import * as vscode from "vscode";

export class Offer implements vscode.McpServerDefinitionProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeMcpServerDefinitions = this.#changed.event;

  readonly #program: () => string | undefined;
  readonly #version: string;

  /**
   * @param program Path of the program; undefined where there is none.
   * @param version A new one has the editor read the tools again.
   */
  constructor(program: () => string | undefined, version: string) {
    this.#program = program;
    this.#version = version;
  }

  changed(): void {
    this.#changed.fire();
  }

  provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] {
    const program = this.#program();
    const settings = vscode.workspace.getConfiguration("portico");
    if (program === undefined || settings.get("mcp.enabled") !== true) {
      return [];
    }
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const only = settings.get<string[]>("only") ?? [];
    const args = ["mcp"];
    // Not an argument: companies allow programs by their exact command.
    const environment = folder?.scheme === "file" ? { PORTICO_WORKSPACE: folder.fsPath } : {};
    if (only.length > 0) {
      args.push("--only", only.join(","));
    }
    const definition = new vscode.McpStdioServerDefinition("Portico", program, args, environment, this.#version);
    if (folder?.scheme === "file") {
      definition.cwd = folder;
    }
    return [definition];
  }
}
