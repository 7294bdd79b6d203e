/** The routes, in the shape that openapi-typescript gives them. */
import type {
  Clock,
  Contact,
  ContactRow,
  Counts,
  Journey,
  JourneyRow,
  Mail,
  MailRow,
  Page,
  PersonHere,
  Rejected,
  Session,
  TimelineItem,
  Trace,
} from "./types";

interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
}

interface Answers<Data> {
  200: { content: { "application/json": Data } };
  default: { content: { "application/json": Problem } };
}

interface Get<Data, Query = never, Path = never> {
  get: {
    parameters: ([Query] extends [never] ? { query?: never } : { query?: Query }) &
      ([Path] extends [never] ? { path?: never } : { path: Path });
    responses: Answers<Data>;
  };
}

interface SignIn {
  post: {
    parameters: { query?: never };
    requestBody: { content: { "application/json": { email: string; password: string } } };
    responses: Answers<Session>;
  };
  delete: { parameters: { query?: never }; responses: Answers<unknown> };
}

interface Id {
  id: string;
}
interface Cursor {
  cursor?: string;
}

export interface paths {
  "/api/v1/session": Get<Session> & SignIn;
  "/api/v1/clock": Get<Clock>;
  "/api/v1/journeys": Get<Page<JourneyRow>, Cursor & { q?: string; state?: string; tag?: string }>;
  "/api/v1/journeys/{id}": Get<Journey, never, Id>;
  "/api/v1/journeys/{id}/counts": Get<Counts, never, Id>;
  "/api/v1/journeys/{id}/people": Get<Page<PersonHere>, Cursor & { step?: string }, Id>;
  "/api/v1/contacts": Get<Page<ContactRow>, Cursor & { q?: string }>;
  "/api/v1/contacts/{id}": Get<Contact, never, Id>;
  "/api/v1/contacts/{id}/timeline": Get<Page<TimelineItem>, Cursor, Id>;
  "/api/v1/runs/{id}/trace": Get<Trace, never, Id>;
  "/api/v1/mailbox": Get<Page<MailRow>, Cursor & { channel?: string; q?: string }>;
  "/api/v1/mailbox/{id}": Get<Mail, never, Id>;
  "/api/v1/rejected": Get<Page<Rejected>, Cursor>;
}
