import type { Judged } from "@/api/types";
import type { Part } from "@/lib/sentence";
import { type Tongue, testSentence, valueText } from "./conditions";

/** The lines of a "why"; what was known only when it ran is said with the value that it had. */
export function whyLines(
  judged: Judged[],
  tongue: Tongue,
): { parts: Part[]; read: string; verdict: boolean }[] {
  return judged.map(({ condition, value, compared, verdict }) => {
    const bound = condition.operands?.[0]?.kind !== "value" && compared?.[0] !== undefined;
    const parts = testSentence(condition, tongue).map((part) =>
      bound && part.tone === "bound" && part.slot !== "field"
        ? { ...part, text: `${part.text} (${valueText(compared?.[0], tongue, condition.type)})` }
        : part,
    );
    return { parts, read: valueText(value, tongue, condition.type), verdict };
  });
}
