import type { LeaveJourney } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconDoorExit } from "@/ui/icons";
import type { Face } from "../face";

export const leaveJourney: Face<LeaveJourney> = {
  family: "data",
  Icon: IconDoorExit,
  kicker: (_, { t }) => t("steps.leave_journey.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.leave_journey.unnamed") }],
  sentences: (_, { t }) => [sentence(t, "steps.leave_journey.sentence")],
};
