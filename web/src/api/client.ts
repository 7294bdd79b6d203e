import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./schema";

/** What the server said was wrong: its stable `code`, and a sentence. `status` 0: it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The sentences about the parts of what was sent, where the server gives them. */
  readonly sentences: string[];
  /** The same by part: `senderAddress` → what is wrong with it. */
  readonly faults: Record<string, string>;
  /** What the request is called in the logs of who answered it; empty where nobody named it. */
  readonly requestId: string;

  constructor(
    status: number,
    code: string,
    detail: string,
    fields: { path: string; sentence: string }[] = [],
    requestId = "",
  ) {
    super(detail || code);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.sentences = fields.map((field) => field.sentence);
    this.faults = Object.fromEntries(fields.map((field) => [field.path, field.sentence]));
    this.requestId = requestId;
  }
}

let csrfToken = "";
let signedOut: () => void = () => {};

/** Writes from now on carry this token, which the session's answer gave. */
export function carryToken(token: string): void {
  csrfToken = token;
}

/** `act` is called when the server no longer knows the session. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

const guard: Middleware = {
  onRequest({ request }) {
    // Not the browser's languages: the one that was chosen here.
    request.headers.set("Accept-Language", document.documentElement.lang || "en");
    if (request.method !== "GET" && csrfToken) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

/** The typed client of our own API; the session travels in its cookie. */
export const client = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
client.use(guard);

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws `ApiProblem` for everything else, a server out of reach included. */
export async function dataOf<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await call;
  } catch {
    throw new ApiProblem(0, "unreachable", "");
  }
  const { data, error, response } = answer;
  if (response.ok) return data as Data;
  const problem = (error ?? {}) as {
    code?: string;
    detail?: string;
    title?: string;
    requestId?: string;
    fields?: { path: string; sentence: string }[];
  };
  if (response.status === 401 && !response.url.endsWith("/session")) signedOut();
  const words = problem.detail ?? problem.title ?? "";
  // A proxy in front of the server may name requests, and a problem may say its own name.
  const requestId = problem.requestId ?? response.headers.get("X-Request-Id") ?? "";
  throw new ApiProblem(response.status, problem.code ?? "", words, problem.fields, requestId);
}
