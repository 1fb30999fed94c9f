/** What went wrong, for a person. */

/** What a fault says: what happened, and what to do. */
export function said(wrong: unknown): string {
  const fault = wrong as { message?: string; data?: { remedy?: string } };
  return [fault.message ?? String(wrong), fault.data?.remedy ?? ""].filter((word) => word !== "").join(" ");
}
