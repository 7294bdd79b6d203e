import type { End } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconFlag } from "@/ui/icons";
import type { Face } from "../face";

export const end: Face<End> = {
  family: "end",
  Icon: IconFlag,
  kicker: (step, { t }) => t(`steps.end.kind.${step.outcome ?? "neutral"}`),
  title: (step, { t }) => [{ text: step.name || t("steps.end.unnamed") }],
  sentences: (step, { t }) => [sentence(t, `steps.end.sentence.${step.outcome ?? "neutral"}`)],
};
