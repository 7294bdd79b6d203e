import type { Webhook } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { capturedName } from "@/lib/vocabulary";
import { IconWebhook } from "@/ui/icons";
import type { Face } from "../face";

const hostOf = (url: string): string => url.replace(/^https?:\/\//, "").split("/")[0] ?? url;

export const webhook: Face<Webhook> = {
  family: "data",
  Icon: IconWebhook,
  kicker: (_, { t }) => t("steps.webhook.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.webhook.unnamed", { host: hostOf(step.url) }) }],
  sentences: (step, { t, format }) => {
    const names = (step.captures ?? []).map((capture) => capturedName(t, capture.name));
    return [
      sentence(t, "steps.webhook.sentence", { url: { text: step.url, tone: "value" } }),
      ...(names.length > 0 ? [sentence(t, "steps.webhook.captures", { names: format.list(names) })] : []),
      sentence(t, `steps.webhook.${step.failed ? "elsewhere" : "ends"}`),
    ];
  },
};
