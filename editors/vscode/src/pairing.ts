/** The key by which this editor is known again, made once and kept where the editor keeps secrets. */
import { randomBytes } from "node:crypto";
import type { SecretStorage } from "vscode";

const NAME = "portico.pairingKey";

/** The key; a new one where there is none yet. */
export async function pairingKey(secrets: SecretStorage): Promise<string> {
  const kept = await secrets.get(NAME);
  if (kept !== undefined) {
    return kept;
  }
  const made = randomBytes(32).toString("base64url");
  await secrets.store(NAME, made);
  return made;
}
