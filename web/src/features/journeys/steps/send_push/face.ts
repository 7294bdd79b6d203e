import type { SendPush } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconBell } from "@/ui/icons";
import { type Face, sendSentences } from "../face";

export const sendPush: Face<SendPush> = {
  family: "message",
  Icon: IconBell,
  kicker: (_, { t }) => t("steps.send_push.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.send_push.unnamed") }],
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.send_push.sentence", { name: step.name || step.templateId }),
    ...sendSentences(step, tongue),
  ],
};
