import type { Judged } from "@/api/types";
import type { Part } from "@/lib/sentence";
import { type Tongue, testSentence, valueText } from "./conditions";

/** The lines of a "why"; what was known only when it ran is said with the value that it had. */
export function whyLines(
  judged: Judged[],
  tongue: Tongue,
): { parts: Part[]; read: string; verdict: boolean }[] {
  return judged.map(({ test, read, compared, verdict }) => {
    const [operand] = test.operands ?? [];
    const bound = operand !== undefined && operand.kind !== "value" && compared.length > 0;
    const parts = testSentence(test, tongue).map((part) =>
      bound && part.tone === "bound" && part.slot !== "field"
        ? { ...part, text: `${part.text} (${valueText(compared[0], tongue, test.type)})` }
        : part,
    );
    return { parts, read: valueText(read, tongue, test.type), verdict };
  });
}
