import type { RandomPath, Split } from "@/api/graph";
import type { Tongue } from "@/graph/conditions";
import { sentence } from "@/lib/sentence";
import { IconArrowsSplit2 } from "@/ui/icons";
import type { Face } from "../face";

/** "A 50%, B 50%". */
export const sharesText = (shares: RandomPath[], { format }: Tongue): string =>
  format.list(shares.map((share) => `${share.name || share.id} ${format.percent(share.percent / 100)}`));

export const split: Face<Split> = {
  family: "decision",
  Icon: IconArrowsSplit2,
  kicker: (step, { t }) => t("steps.split.kind", { count: step.paths.length }),
  title: (step, { t }) => [{ text: step.name || t("steps.split.unnamed") }],
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.split.sentence", { shares: sharesText(step.paths, tongue) }),
  ],
};
