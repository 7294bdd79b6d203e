import type { StartJourney } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconRoute2 } from "@/ui/icons";
import type { Face } from "../face";

export const startJourney: Face<StartJourney> = {
  family: "data",
  Icon: IconRoute2,
  kicker: (_, { t }) => t("steps.start_journey.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.start_journey.unnamed") }],
  sentences: (_, { t }) => [sentence(t, "steps.start_journey.sentence")],
};
