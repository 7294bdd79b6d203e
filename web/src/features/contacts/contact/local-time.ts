/** What a field of date and time takes: the moment on the clocks of a zone, `2026-03-18T10:42`. */
export function toLocal(at: Date, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(at).replace(" ", "T");
}

/** The moment, in ms, at which the clocks of a zone show what was typed; undefined for what is no moment. */
export function readLocal(text: string, timeZone: string): number | undefined {
  // Browsers read more than ISO 8601 as a date, nothing at all included.
  const wanted = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(wanted)) return undefined;
  // Twice: the first guess may stand on the other side of a change of the clocks.
  let at = wanted;
  for (let round = 0; round < 2; round += 1) {
    at += wanted - Date.parse(`${toLocal(new Date(at), timeZone)}:00Z`);
  }
  return at;
}
