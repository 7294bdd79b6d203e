import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ApiProblem } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { Frame } from "./frame";
import { queries } from "./queries";
import { Missing, Root } from "./root";

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const oneOf = <Word extends string>(value: unknown, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value);

interface JourneysSearch {
  q?: string;
  state?: "active" | "paused" | "draft" | "archived";
  tag?: string;
}

interface JourneySearch {
  step?: string;
  view?: "people";
}

interface ContactSearch {
  view?: "profile" | "journeys";
  run?: string;
}

interface MailboxSearch {
  q?: string;
  channel?: "email" | "sms";
  message?: string;
  view?: "text" | "headers" | "raw";
}

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
  beforeLoad: async ({ location }) => {
    try {
      await queries.ensureQueryData(sessionQuery);
    } catch (error) {
      // Anything but "not signed in" is told by the frame, which can ask again.
      if (!(error instanceof ApiProblem) || error.status !== 401) return;
      throw redirect({ to: "/sign-in", search: { next: location.href }, replace: true });
    }
  },
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
  validateSearch: (search): { q?: string } => ({ q: text(search.q) }),
  component: lazyRouteComponent(() => import("@/features/contacts/list/page"), "ContactsPage"),
});

const contact = createRoute({
  getParentRoute: () => frame,
  path: "/contacts/$contactId",
  validateSearch: (search): ContactSearch => ({
    view: oneOf(search.view, ["profile", "journeys"] as const),
    run: text(search.run),
  }),
  component: lazyRouteComponent(() => import("@/features/contacts/contact/page"), "ContactPage"),
});

const mailbox = createRoute({
  getParentRoute: () => frame,
  path: "/mailbox",
  validateSearch: (search): MailboxSearch => ({
    q: text(search.q),
    channel: oneOf(search.channel, ["email", "sms"] as const),
    message: text(search.message),
    view: oneOf(search.view, ["text", "headers", "raw"] as const),
  }),
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
  frame.addChildren([home, journeys, journey, contacts, contact, mailbox, rejected]),
]);

export const router = createRouter({ routeTree, defaultPreload: "intent", scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
