import type { CheckNow } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconArrowsSplit2 } from "@/ui/icons";
import type { Face } from "../face";

export const checkNow: Face<CheckNow> = {
  family: "decision",
  Icon: IconArrowsSplit2,
  kicker: (step, { t }) => t("steps.check_now.kind", { count: step.paths.length + 1 }),
  title: (step, { t }) => [{ text: step.name || t("steps.check_now.unnamed") }],
  sentences: (_, { t }) => [sentence(t, "steps.check_now.sentence")],
};
