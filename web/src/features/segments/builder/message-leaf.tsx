import { NativeSelect, NumberInput, TagsInput } from "@mantine/core";
import type { MessageTest, Operand } from "@/api/graph";
import { scopePart } from "@/graph/past";
import { oftenPart, windowPart } from "@/graph/windows";
import { sentence } from "@/lib/sentence";
import { useKnown, useTongue } from "./known";
import { Compared } from "./often-form";
import { Phrase } from "./phrase";
import { Pick } from "./pick";
import { Sentence } from "./sentence";
import { WindowForm } from "./small-forms";

const ACTIONS = [
  "opened",
  "not_opened",
  "clicked",
  "not_clicked",
  "sent",
  "delivered",
  "not_delivered",
  "bounced",
  "unsubscribed",
  "complained",
] as const;
const CHANNELS = ["email", "sms", "push"] as const;
const ONE: Operand[] = [{ kind: "value", value: 1 }];

/** What messages came to: which channel and action, of which messages, how many, when. */
export function MessageLeaf({
  leaf,
  onChange,
}: {
  leaf: MessageTest;
  onChange: (leaf: MessageTest) => void;
}) {
  const tongue = useTongue();
  const { t } = tongue;
  const { operator = "at_least", operands = ONE, counted = "messages" } = leaf;
  const often = oftenPart(counted === "actions" ? "times" : "messages", operator, operands, tongue);
  const parts = sentence(t, "past.message", {
    action: t(`past.actions.${leaf.action}`),
    channel: t(`past.channels.${leaf.channel}`),
    scope: scopePart(leaf, tongue),
    often,
    window: windowPart(leaf.window, tongue),
  });
  return (
    <Sentence
      parts={parts}
      slots={{
        action: (
          <Pick
            look="field"
            label={t("builder.action")}
            value={leaf.action}
            shown={t(`past.actions.${leaf.action}`)}
            options={ACTIONS.map((one) => ({ value: one, label: t(`past.actions.${one}`) }))}
            onPick={(action) => onChange({ ...leaf, action: action as MessageTest["action"] })}
          />
        ),
        channel: (
          <Pick
            label={t("builder.channel")}
            value={leaf.channel}
            shown={t(`past.channels.${leaf.channel}`)}
            options={CHANNELS.map((one) => ({ value: one, label: t(`past.channels.${one}`) }))}
            onPick={(channel) => onChange({ ...leaf, channel: channel as MessageTest["channel"] })}
          />
        ),
        scope: (
          <Phrase label={t("builder.messages")} shown={scopePart(leaf, tongue).text}>
            <ScopeForm leaf={leaf} onChange={onChange} />
          </Phrase>
        ),
        often: (
          <Phrase label={t("builder.often")} shown={often.text}>
            <NativeSelect
              label={t("builder.counted")}
              value={counted}
              onChange={(event) =>
                onChange({ ...leaf, counted: event.currentTarget.value as MessageTest["counted"] })
              }
              data={(["messages", "actions"] as const).map((one) => ({
                value: one,
                label: t(`builder.countedAs.${one}`),
              }))}
            />
            <Compared
              operator={operator}
              operands={operands}
              onChange={(nextOperator, nextOperands) =>
                onChange({ ...leaf, operator: nextOperator, operands: nextOperands })
              }
            />
          </Phrase>
        ),
        window: (
          <Phrase label={t("builder.when")} shown={windowPart(leaf.window, tongue).text}>
            <WindowForm
              window={leaf.window ?? { kind: "anytime" }}
              onChange={(window) => onChange({ ...leaf, window })}
            />
          </Phrase>
        ),
      }}
    />
  );
}

function ScopeForm({ leaf, onChange }: { leaf: MessageTest; onChange: (leaf: MessageTest) => void }) {
  const { t } = useTongue();
  const { lists, journeys, templates, messageTags } = useKnown();
  const scope = leaf.scope ?? {};
  const set = (change: Partial<NonNullable<MessageTest["scope"]>>) =>
    onChange({ ...leaf, scope: { ...scope, ...change } });
  const any = { value: "", label: t("builder.any") };
  return (
    <>
      <NativeSelect
        label={t("builder.list")}
        value={scope.listId ?? ""}
        onChange={(event) => set({ listId: event.currentTarget.value || null })}
        data={[any, ...lists]}
      />
      <NativeSelect
        label={t("builder.journey")}
        value={scope.journeyId ?? ""}
        onChange={(event) => set({ journeyId: event.currentTarget.value || null })}
        data={[any, ...journeys]}
      />
      <NativeSelect
        label={t("builder.template")}
        value={scope.templateId ?? ""}
        onChange={(event) => set({ templateId: event.currentTarget.value || null })}
        data={[any, ...templates]}
      />
      <TagsInput
        label={t("builder.tags")}
        data={messageTags}
        value={scope.tags ?? []}
        onChange={(tags) => set({ tags })}
        acceptValueOnBlur
      />
      <NumberInput
        label={t("builder.lastSent")}
        value={scope.last ?? ""}
        min={1}
        allowDecimal={false}
        onChange={(next) => set({ last: typeof next === "number" && next > 0 ? next : null })}
      />
    </>
  );
}
