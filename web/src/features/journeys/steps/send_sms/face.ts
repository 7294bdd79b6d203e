import type { SendSms } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconDeviceMobileMessage } from "@/ui/icons";
import { type Face, sendSentences } from "../face";

export const sendSms: Face<SendSms> = {
  family: "message",
  Icon: IconDeviceMobileMessage,
  kicker: (_, { t }) => t("steps.send_sms.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.send_sms.unnamed") }],
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.send_sms.sentence", { name: step.name || step.templateId }),
    ...sendSentences(step, tongue),
  ],
};
