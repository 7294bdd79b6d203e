import type { Change, UpdateContact } from "@/api/graph";
import { operandPart, type Tongue } from "@/graph/conditions";
import { type Part, sentence } from "@/lib/sentence";
import { eventName, fieldName } from "@/lib/vocabulary";
import { IconUserEdit } from "@/ui/icons";
import type { Face } from "../face";

function changeSentence(change: Change, tongue: Tongue): Part[] {
  const { t } = tongue;
  const tags = change.path.startsWith("tags.") && ["append", "remove"].includes(change.action);
  return sentence(t, `steps.update_contact.${tags ? "tag" : "field"}.${change.action}`, {
    field: { text: fieldName(t, change.path), tone: "field" },
    value: operandPart(change.operand ?? undefined, tongue),
  });
}

function all(step: UpdateContact, tongue: Tongue): Part[][] {
  const { t } = tongue;
  return [
    ...(step.changes ?? []).map((change) => changeSentence(change, tongue)),
    ...(step.events ?? []).map((event) =>
      sentence(t, "steps.update_contact.event", { event: eventName(t, event.event) }),
    ),
  ];
}

export const updateContact: Face<UpdateContact> = {
  family: "data",
  Icon: IconUserEdit,
  kicker: (_, { t }) => t("steps.update_contact.kind"),
  title: (step, tongue) =>
    step.name
      ? [{ text: step.name }]
      : (all(step, tongue)[0] ?? [{ text: tongue.t("steps.update_contact.unnamed") }]),
  sentences: all,
};
