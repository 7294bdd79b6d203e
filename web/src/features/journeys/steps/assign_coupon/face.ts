import type { AssignCoupon } from "@/api/graph";
import { sentence } from "@/lib/sentence";
import { capturedName } from "@/lib/vocabulary";
import { IconTicket } from "@/ui/icons";
import type { Face } from "../face";

export const assignCoupon: Face<AssignCoupon> = {
  family: "data",
  Icon: IconTicket,
  kicker: (_, { t }) => t("steps.assign_coupon.kind"),
  title: (step, { t }) => [{ text: step.name || t("steps.assign_coupon.unnamed") }],
  sentences: (step, { t }) => [
    sentence(t, "steps.assign_coupon.sentence", { name: capturedName(t, step.capture ?? "coupon") }),
    sentence(t, `steps.assign_coupon.${step.noneLeft ? "elsewhere" : "ends"}`),
  ],
};
