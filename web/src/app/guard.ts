import { redirect } from "@tanstack/react-router";
import { ApiProblem } from "@/api/client";
import { sessionQuery } from "@/api/queries";
import { queries } from "./queries";

/** Lets a page load whose session stands; others sign in first and come back to where they wanted to go. */
export async function requireSession({ location }: { location: { href: string } }): Promise<void> {
  try {
    await queries.ensureQueryData(sessionQuery);
  } catch (error) {
    // Anything but "not signed in" is told by the frame, which can ask again.
    if (!(error instanceof ApiProblem) || error.status !== 401) return;
    throw redirect({ to: "/sign-in", search: { next: location.href }, replace: true });
  }
}
