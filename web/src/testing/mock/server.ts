import { contactRows, findContact, peopleHere } from "./contacts.ts";
import { countsOf, findJourney, journeyRows } from "./journeys.ts";
import { timeline, traceOf } from "./lives.ts";
import { mails, rejectedEvents } from "./mail.ts";

export interface MockAnswer {
  status: number;
  body?: unknown;
  setCookie?: string;
}

const session = {
  user: { id: "u1", email: "lia@bottega-lume.example", name: "Lia Candelora", language: "it" },
  workspace: { id: "w1", name: "Bottega Lume", timeZone: "Europe/Rome", currency: "EUR", language: "it" },
  role: "viewer",
  permissions: ["workspace.read", "contacts.read", "journeys.read", "messages.read", "events.read"],
  csrfToken: "mock",
};

const ok = (body: unknown): MockAnswer => ({ status: 200, body });
const page = (items: unknown[]): MockAnswer => ok({ items, nextCursor: null });
const problem = (status: number, code: string, detail: string): MockAnswer => ({
  status,
  body: { type: `about:${code}`, title: code, status, code, detail },
});
const found = (value: unknown): MockAnswer =>
  value === undefined ? problem(404, "not_found", "There is no such thing here.") : ok(value);
const matches = (q: string | null, ...texts: (string | null)[]) =>
  !q || texts.some((text) => text?.toLowerCase().includes(q.toLowerCase()));

/** Product time goes on from a fixed moment, sixty times as fast, as in the demo. */
const began = Date.now();
const clock = () => ({
  productAt: new Date(Date.parse("2026-03-18T10:42:00Z") + (Date.now() - began) * 2).toISOString(),
  rate: 60,
});

/** What the own API would answer, from invented data; whoever has the cookie is signed in. */
export function answer(method: string, url: URL, body: unknown, cookie: string): MockAnswer {
  const path = url.pathname.replace("/api/v1", "");
  const q = url.searchParams.get("q");
  if (path === "/session") {
    if (method === "DELETE") return { status: 204, setCookie: "mock=; Path=/; Max-Age=0" };
    if (method === "POST") {
      const { password } = (body ?? {}) as { password?: string };
      if (password !== "percorso") return problem(401, "wrong_password", "Email and password do not match.");
      return { ...ok(session), setCookie: "mock=1; Path=/; SameSite=Strict" };
    }
  }
  if (!cookie.includes("mock=1")) return problem(401, "signed_out", "Sign in first.");
  const [, room, id, more] = path.split("/");
  switch (`${room}${id ? "/id" : ""}${more ? `/${more}` : ""}`) {
    case "session":
      return ok(session);
    case "clock":
      return ok(clock());
    case "journeys": {
      const state = url.searchParams.get("state");
      const tag = url.searchParams.get("tag");
      return page(
        journeyRows.filter(
          (row) =>
            matches(q, row.name, row.description) &&
            (!state || row.state === state) &&
            (!tag || row.tags.includes(tag)),
        ),
      );
    }
    case "journeys/id":
      return found(findJourney(id ?? ""));
    case "journeys/id/counts":
      return ok(countsOf(id ?? ""));
    case "journeys/id/people":
      return page(
        ["check", "show", "day", "wait"].includes(url.searchParams.get("step") ?? "") ? peopleHere : [],
      );
    case "contacts":
      return page(contactRows.filter((row) => matches(q, row.name, row.email, row.phone)));
    case "contacts/id":
      return found(findContact(id ?? ""));
    case "contacts/id/timeline":
      return page(id === "angela" ? timeline : []);
    case "runs/id/trace":
      return ok(traceOf(id ?? ""));
    case "mailbox": {
      const channel = url.searchParams.get("channel");
      return page(
        mails.filter((mail) => matches(q, mail.to, mail.subject) && (!channel || mail.channel === channel)),
      );
    }
    case "mailbox/id":
      return found(mails.find((mail) => mail.id === id));
    case "rejected":
      return page(rejectedEvents);
    default:
      return problem(404, "not_found", "There is no such address.");
  }
}
