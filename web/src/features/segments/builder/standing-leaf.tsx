import type { ConsentTest, IdentityTest, JourneyTest, Membership, StatusTest } from "@/api/graph";
import { leafSentence } from "@/graph/conditions";
import { windowPart } from "@/graph/windows";
import { sentence } from "@/lib/sentence";
import { type Choice, useKnown, useTongue } from "./known";
import { Phrase } from "./phrase";
import { Pick } from "./pick";
import { Sentence } from "./sentence";
import { WindowForm } from "./small-forms";

type Standing = JourneyTest | Membership | StatusTest | ConsentTest | IdentityTest;

interface StandingLeafProps<Leaf extends Standing> {
  leaf: Leaf;
  onChange: (leaf: Leaf) => void;
}

/** Where the contact stands with a journey. */
export function JourneyLeaf({ leaf, onChange }: StandingLeafProps<JourneyTest>) {
  const tongue = useTongue();
  const { t } = tongue;
  const { journeys } = useKnown();
  const outcomes = ["any", "positive", "neutral", "negative"] as const;
  const states = ["entered", "inside", "finished"] as const;
  const name = journeys.find((one) => one.value === leaf.journeyId)?.label ?? t("past.anyJourney");
  const choose = (state: JourneyTest["state"]) =>
    onChange({
      kind: "journey",
      state,
      journeyId: leaf.journeyId,
      ...(state === "inside" ? {} : { window: leaf.window }),
    });
  return (
    <Sentence
      parts={sentence(t, `past.journey.${leaf.state}`, {
        state: "…",
        journey: "…",
        outcome: "…",
        window: "…",
      })}
      slots={{
        state: (
          <Pick
            look="field"
            label={t("builder.operator")}
            value={leaf.state}
            shown={t(`past.states.${leaf.state}`)}
            options={states.map((one) => ({ value: one, label: t(`past.states.${one}`) }))}
            onPick={(state) => choose(state as JourneyTest["state"])}
          />
        ),
        journey: (
          <Pick
            label={t("builder.journey")}
            value={leaf.journeyId ?? ""}
            shown={name}
            options={[{ value: "", label: t("past.anyJourney") }, ...journeys]}
            onPick={(id) => onChange({ ...leaf, journeyId: id || null })}
          />
        ),
        outcome: (
          <Pick
            label={t("builder.outcome")}
            value={leaf.outcome ?? "any"}
            shown={t(`past.outcomes.${leaf.outcome ?? "any"}`)}
            options={outcomes.map((one) => ({ value: one, label: t(`past.outcomes.${one}`) }))}
            onPick={(one) =>
              onChange({ ...leaf, outcome: one === "any" ? null : (one as JourneyTest["outcome"]) })
            }
          />
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

/** Groups, segments, lists, consents, identities: each a sentence with one choice or two. */
export function StandingLeaf({ leaf, onChange }: StandingLeafProps<Exclude<Standing, JourneyTest>>) {
  const tongue = useTongue();
  const { t } = tongue;
  const known = useKnown();
  const parts = leafSentence(leaf, tongue);
  const pick = (
    label: string,
    value: string,
    slot: string,
    options: Choice[],
    onPick: (v: string) => void,
  ) => (
    <Pick
      label={label}
      value={value}
      shown={parts.find((part) => part.slot === slot)?.text ?? ""}
      options={options}
      onPick={onPick}
    />
  );
  const worded = <Word extends string>(words: readonly Word[], prefix: string): Choice[] =>
    words.map((one) => ({ value: one, label: t(`${prefix}.${one.replaceAll(".", "_")}`) }));
  switch (leaf.kind) {
    case "membership": {
      const options = leaf.of === "group" ? known.groups : known.segments;
      const found = options.some((one) => one.value === leaf.id);
      const name = (
        <Pick
          label={t(leaf.of === "group" ? "builder.group" : "builder.segment")}
          value={leaf.id}
          shown={
            found
              ? (parts.find((part) => part.slot === "name")?.text ?? "")
              : t(leaf.of === "group" ? "builder.aGroup" : "builder.aSegment")
          }
          missing={!found}
          options={options}
          onPick={(id) => onChange({ ...leaf, id })}
        />
      );
      return <Sentence parts={parts} slots={{ name }} />;
    }
    case "status": {
      const statuses = ["subscribed", "pending", "unsubscribed", "none"] as const;
      const any = { value: "", label: t("standing.anyList") };
      return (
        <Sentence
          parts={parts}
          slots={{
            status: pick(
              t("builder.operator"),
              leaf.status ?? "subscribed",
              "status",
              worded(statuses, "standing.statuses"),
              (status) => onChange({ ...leaf, status: status as StatusTest["status"] }),
            ),
            channel: pick(
              t("builder.channel"),
              leaf.channel,
              "channel",
              worded(["email", "sms", "push"], `standing.through.${leaf.status ?? "subscribed"}`),
              (channel) => onChange({ ...leaf, channel: channel as StatusTest["channel"] }),
            ),
            list: pick(t("builder.list"), leaf.listId ?? "", "list", [any, ...known.lists], (id) =>
              onChange({ ...leaf, listId: id || null }),
            ),
          }}
        />
      );
    }
    case "consent": {
      const states = worded(
        ["status_yes", "status_no", "limitation_yes", "limitation_no", "objection_yes", "objection_no"],
        "standing.consents",
      );
      const state = `${leaf.aspect ?? "status"}_${leaf.value === false ? "no" : "yes"}`;
      return (
        <Sentence
          parts={parts}
          slots={{
            leaf: pick(
              t("builder.consent"),
              leaf.leaf,
              "leaf",
              worded(known.leaves, "standing.leaves"),
              (one) => onChange({ ...leaf, leaf: one }),
            ),
            state: pick(t("builder.operator"), state, "state", states, (one) => {
              const [aspect, value] = one.split("_");
              onChange({ ...leaf, aspect: aspect as ConsentTest["aspect"], value: value === "yes" });
            }),
          }}
        />
      );
    }
    default: {
      const kinds = ["email", "phone", "external_id", "user_id", "device", "anonymous_id"] as const;
      return (
        <Sentence
          parts={parts}
          slots={{
            identity: pick(
              t("builder.identity"),
              leaf.identity,
              "identity",
              worded(kinds, "standing.identities"),
              (one) => onChange({ ...leaf, identity: one as IdentityTest["identity"] }),
            ),
          }}
        />
      );
    }
  }
}
