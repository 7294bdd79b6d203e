import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Frame } from "./frame";
import { requireSession } from "./guard";
import { Missing, Root } from "./root";
import {
  type CompareSearch,
  type ContactSearch,
  type ContactsSearch,
  type FieldsSearch,
  type JourneySearch,
  type JourneysSearch,
  oneOf,
  readEvents,
  readLists,
  readMailbox,
  text,
} from "./searches";

const root = createRootRoute({ component: Root, notFoundComponent: Missing });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string } => ({ next: text(search.next) }),
  component: lazyRouteComponent(() => import("@/features/session/sign-in"), "SignInPage"),
});

const frame = createRoute({
  getParentRoute: () => root,
  id: "frame",
  component: Frame,
  beforeLoad: requireSession,
});

const home = createRoute({
  getParentRoute: () => frame,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/journeys", replace: true });
  },
});

const journeys = createRoute({
  getParentRoute: () => frame,
  path: "/journeys",
  validateSearch: (search): JourneysSearch => ({
    q: text(search.q),
    state: oneOf(search.state, ["active", "paused", "draft", "archived"] as const),
    tag: text(search.tag),
  }),
  component: lazyRouteComponent(() => import("@/features/journeys/list/page"), "JourneysPage"),
});

const journey = createRoute({
  getParentRoute: () => frame,
  path: "/journeys/$journeyId",
  validateSearch: (search): JourneySearch => ({
    step: text(search.step),
    view: oneOf(search.view, ["people"] as const),
  }),
  component: lazyRouteComponent(() => import("@/features/journeys/canvas/page"), "JourneyPage"),
});

const contacts = createRoute({
  getParentRoute: () => frame,
  path: "/contacts",
  validateSearch: (search): ContactsSearch => ({
    q: text(search.q),
    columns: text(search.columns),
    erased: search.erased === true || undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/contacts/list/page"), "ContactsPage"),
});

const contact = createRoute({
  getParentRoute: () => frame,
  path: "/contacts/$contactId",
  validateSearch: (search): ContactSearch => ({
    view: oneOf(search.view, ["profile", "journeys"] as const),
    run: text(search.run),
    panel: oneOf(search.panel, ["consents"] as const),
    segment: text(search.segment),
    asOf: text(search.asOf),
  }),
  component: lazyRouteComponent(() => import("@/features/contacts/contact/page"), "ContactPage"),
});

const groups = createRoute({
  getParentRoute: () => frame,
  path: "/groups",
  validateSearch: (search): { make?: true } => ({ make: search.make === true || undefined }),
  component: lazyRouteComponent(() => import("@/features/contacts/groups/list-page"), "GroupsPage"),
});

const group = createRoute({
  getParentRoute: () => frame,
  path: "/groups/$groupId",
  component: lazyRouteComponent(() => import("@/features/contacts/groups/page"), "GroupPage"),
});

const fields = createRoute({
  getParentRoute: () => frame,
  path: "/fields",
  validateSearch: (search): FieldsSearch => ({
    view: oneOf(search.view, ["declared", "standard", "seen"] as const),
    field: text(search.field),
    declare: typeof search.declare === "string" ? search.declare : undefined,
  }),
  component: lazyRouteComponent(() => import("@/features/contacts/fields/page"), "FieldsPage"),
});

const events = createRoute({
  getParentRoute: () => frame,
  path: "/events",
  validateSearch: readEvents,
  component: lazyRouteComponent(() => import("@/features/events/page"), "EventsPage"),
});

const imports = createRoute({
  getParentRoute: () => frame,
  path: "/imports",
  component: lazyRouteComponent(() => import("@/features/contacts/imports/list-page"), "ImportsPage"),
});

const oneImport = createRoute({
  getParentRoute: () => frame,
  path: "/imports/$importId",
  validateSearch: (search): { step?: "columns" | "options" | "check" } => ({
    step: oneOf(search.step, ["columns", "options", "check"] as const),
  }),
  component: lazyRouteComponent(() => import("@/features/contacts/imports/page"), "ImportPage"),
});

const audit = createRoute({
  getParentRoute: () => frame,
  path: "/audit",
  validateSearch: (search): { view?: "exports" } => ({ view: oneOf(search.view, ["exports"] as const) }),
  component: lazyRouteComponent(() => import("@/features/settings/audit-page"), "AuditPage"),
});

const lists = createRoute({
  getParentRoute: () => frame,
  path: "/lists",
  validateSearch: readLists,
  component: lazyRouteComponent(() => import("@/features/settings/lists/page"), "ListsPage"),
});

const domains = createRoute({
  getParentRoute: () => frame,
  path: "/domains",
  component: lazyRouteComponent(() => import("@/features/deliverability/domains-page"), "DomainsPage"),
});

const segments = createRoute({
  getParentRoute: () => frame,
  path: "/segments",
  validateSearch: (search): { q?: string; tag?: string } => ({ q: text(search.q), tag: text(search.tag) }),
  component: lazyRouteComponent(() => import("@/features/segments/list/page"), "SegmentsPage"),
});

const newSegment = createRoute({
  getParentRoute: () => frame,
  path: "/segments/new",
  component: lazyRouteComponent(() => import("@/features/segments/edit/page"), "NewSegmentPage"),
});

const compareSegments = createRoute({
  getParentRoute: () => frame,
  path: "/segments/compare",
  validateSearch: (search): CompareSearch => ({
    one: text(search.one),
    other: text(search.other),
    days: oneOf(String(search.days), ["7", "30", "90", "365"] as const),
    journey: text(search.journey),
  }),
  component: lazyRouteComponent(() => import("@/features/segments/compare/page"), "ComparePage"),
});

const segment = createRoute({
  getParentRoute: () => frame,
  path: "/segments/$segmentId",
  validateSearch: (search): { q?: string; why?: string } => ({ q: text(search.q), why: text(search.why) }),
  component: lazyRouteComponent(() => import("@/features/segments/segment/page"), "SegmentPage"),
});

const editSegment = createRoute({
  getParentRoute: () => frame,
  path: "/segments/$segmentId/edit",
  component: lazyRouteComponent(() => import("@/features/segments/edit/page"), "EditSegmentPage"),
});

const mailbox = createRoute({
  getParentRoute: () => frame,
  path: "/mailbox",
  validateSearch: readMailbox,
  component: lazyRouteComponent(() => import("@/features/mailbox/page"), "MailboxPage"),
});

const rejected = createRoute({
  getParentRoute: () => frame,
  path: "/rejected",
  validateSearch: (search): { event?: string } => ({ event: text(search.event) }),
  component: lazyRouteComponent(() => import("@/features/intake/rejected-page"), "RejectedPage"),
});

/** Every route of the application; tools/screenshots.py reads their paths and misses none. */
const routeTree = root.addChildren([
  signIn,
  frame.addChildren([
    home,
    journeys,
    journey,
    contacts,
    contact,
    groups,
    group,
    fields,
    events,
    imports,
    oneImport,
    rejected,
    segments,
    newSegment,
    compareSegments,
    segment,
    editSegment,
    mailbox,
    lists,
    domains,
    audit,
  ]),
]);

export const router = createRouter({ routeTree, defaultPreload: "intent", scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
