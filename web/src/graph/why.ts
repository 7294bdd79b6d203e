import type { Leaf } from "@/api/graph";
import type { Part } from "@/lib/sentence";
import { leafSentence, type Tongue, valueText } from "./conditions";

/** One leaf as it was judged: what was read, what it was compared with, and the outcome. */
export interface JudgedLeaf {
  test: Leaf;
  read?: unknown;
  compared: unknown[];
  verdict: boolean;
}

/** The lines of a "why"; what was known only when it ran is said with the value that it had. */
export function whyLines(
  judged: JudgedLeaf[],
  tongue: Tongue,
): { parts: Part[]; read: string; verdict: boolean }[] {
  return judged.map(({ test, read, compared, verdict }) => {
    const type = test.kind === "test" ? test.type : undefined;
    const [operand] = test.kind === "test" ? (test.operands ?? []) : [];
    const bound = operand !== undefined && operand.kind !== "value" && compared.length > 0;
    const parts = leafSentence(test, tongue).map((part) =>
      bound && part.tone === "bound" && part.slot !== "field"
        ? { ...part, text: `${part.text} (${valueText(compared[0], tongue, type)})` }
        : part,
    );
    const said =
      test.kind === "status" && typeof read === "string"
        ? tongue.t(`standing.statuses.${read}`, { defaultValue: read })
        : valueText(read, tongue, type);
    return { parts, read: said, verdict };
  });
}
