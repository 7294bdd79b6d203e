import type { WaitingDomain } from "@/api/data";

export type Reason = "policy" | "slower" | "unreachable" | "later";

/** What a server's first words begin with: three digits, and often the parts of what they mean (RFC 3463). */
const CODE = /^(\d{3})(?:[ -](\d\.\d+\.\d+))?/;
const SLOWER = /rate|too many|too fast|slow|throttl|limit/i;

/** Why a domain waits, by what it answered: an answer without a code is none of its own, so nobody answered. */
export function reasonOf({ state, reply }: Pick<WaitingDomain, "state" | "reply">): Reason {
  if (state === "paused") return "policy";
  const [, code, enhanced] = CODE.exec(reply) ?? [];
  if (!code) return "unreachable";
  return enhanced === "4.7.28" || SLOWER.test(reply) ? "slower" : "later";
}
