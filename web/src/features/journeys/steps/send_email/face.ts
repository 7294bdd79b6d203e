import type { SendEmail } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { IconMail } from "@/ui/icons";
import { type Face, sendSentences } from "../face";

export const sendEmail: Face<SendEmail> = {
  family: "message",
  Icon: IconMail,
  kicker: (_, { t }) => t("steps.send_email.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.send_email.unnamed") }],
  sentences: (step, tongue) => [
    sentence(tongue.t, "steps.send_email.sentence", { name: step.name || step.templateId }),
    ...sendSentences(step, tongue),
  ],
};
