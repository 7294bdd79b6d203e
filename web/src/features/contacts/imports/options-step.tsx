import { Button, MultiSelect, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImportSettings } from "@/api/data";
import { groupsQuery, listsQuery } from "@/api/people";
import { Problem } from "@/ui/problem";
import { Section } from "@/ui/section";
import { EditGroup } from "../groups/edit-group";
import css from "./imports.module.css";

type Subscribing = NonNullable<ImportSettings["subscribing"]>[number];
const CHANNELS = ["email", "sms"] as const;

interface OptionsStepProps {
  settings: ImportSettings;
  onChange: (part: Partial<ImportSettings>) => void;
}

/** What becomes of the people in the rows: their subscriptions with proof, their groups, and how cells are read. */
export function OptionsStep({ settings, onChange }: OptionsStepProps) {
  const { t } = useTranslation();
  const groups = useQuery(groupsQuery);
  const [making, setMaking] = useState(false);
  const groupIds = settings.groupIds ?? [];
  return (
    <div className={css.options}>
      <Section title={t("contact.lists")}>
        <Subscriptions settings={settings} onChange={onChange} />
      </Section>
      <Section title={t("frame.groups")}>
        <div className={css.inline}>
          <MultiSelect
            className={css.grow}
            searchable
            label={t("imports.groups")}
            placeholder={groupIds.length === 0 ? t("imports.noGroup") : undefined}
            data={(groups.data?.items ?? []).map((group) => ({ value: group.id, label: group.name }))}
            value={groupIds}
            onChange={(value) => onChange({ groupIds: value })}
            nothingFoundMessage={t("common.nothingFound")}
          />
          <Button variant="default" onClick={() => setMaking(true)}>
            {t("groups.new")}
          </Button>
        </div>
        <Problem error={groups.error} />
      </Section>
      <Section title={t("imports.rowsTitle")}>
        <div className={css.switches}>
          <Switch
            label={t("imports.clearsEmpty")}
            description={t("imports.clearsEmptyWords")}
            checked={settings.clearsEmpty ?? false}
            onChange={(event) => onChange({ clearsEmpty: event.currentTarget.checked })}
          />
          <Switch
            label={t("imports.startsJourneys")}
            description={t("imports.startsJourneysWords")}
            checked={settings.startsJourneys ?? false}
            onChange={(event) => onChange({ startsJourneys: event.currentTarget.checked })}
          />
          <TextInput
            w={260}
            label={t("imports.country")}
            description={t("imports.countryWords")}
            value={settings.country ?? "IT"}
            maxLength={2}
            onChange={(event) => onChange({ country: event.currentTarget.value.toUpperCase() })}
          />
        </div>
      </Section>
      {making && (
        <EditGroup
          onClose={() => setMaking(false)}
          onSaved={(group) => {
            onChange({ groupIds: [...groupIds, group.id] });
            setMaking(false);
          }}
        />
      )}
    </div>
  );
}

function Subscriptions({ settings, onChange }: OptionsStepProps) {
  const { t } = useTranslation();
  const lists = useQuery(listsQuery);
  const chosen = settings.subscribing ?? [];
  const evidence = settings.evidence;
  const set = (listId: string, channel: "email" | "sms", status: string | null) => {
    const others = chosen.filter((one) => one.listId !== listId || (one.channel ?? "email") !== channel);
    const added: Subscribing[] =
      status === "subscribed" || status === "unsubscribed" ? [{ listId, channel, status }] : [];
    onChange({ subscribing: [...others, ...added] });
  };
  const subscribing = chosen.filter((one) => one.status !== "unsubscribed");
  const subscribes = subscribing.length > 0;
  // Where every list asks by itself there is nothing to choose.
  const always =
    !evidence &&
    subscribes &&
    subscribing.every((one) =>
      lists.data?.items.some((list) => list.id === one.listId && list.optIn === "double"),
    );
  return (
    <>
      <Problem error={lists.error} />
      <div className={css.lists}>
        {lists.data?.items.flatMap((list) =>
          CHANNELS.map((channel) => {
            const one = chosen.find(
              (each) => each.listId === list.id && (each.channel ?? "email") === channel,
            );
            return (
              <Select
                key={list.id + channel}
                label={`${list.name} · ${t(`channels.${channel}`)}`}
                value={one ? (one.status ?? "subscribed") : ""}
                allowDeselect={false}
                data={["", "subscribed", "unsubscribed"].map((status) => ({
                  value: status,
                  label: t(`imports.subscribing.${status || "none"}`),
                }))}
                onChange={(status) => set(list.id, channel, status)}
              />
            );
          }),
        )}
      </div>
      {subscribes && (
        <>
          <Textarea
            mt={14}
            label={t("imports.wording")}
            description={t("imports.wordingWords")}
            value={settings.wording ?? ""}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={5000}
            onChange={(event) => onChange({ wording: event.currentTarget.value })}
          />
          <Switch
            mt={16}
            label={t("imports.evidence")}
            description={t("imports.evidenceWords")}
            checked={Boolean(evidence)}
            onChange={(event) =>
              onChange({ evidence: event.currentTarget.checked ? { wording: "", saidAt: "" } : null })
            }
          />
        </>
      )}
      {subscribes && evidence && (
        <div className={css.evidence}>
          <Textarea
            label={t("imports.evidenceWording")}
            value={evidence.wording}
            autosize
            minRows={2}
            maxRows={6}
            onChange={(event) => onChange({ evidence: { ...evidence, wording: event.currentTarget.value } })}
          />
          <TextInput
            type="date"
            label={t("imports.saidOn")}
            value={evidence.saidAt.slice(0, 10)}
            onChange={(event) => {
              const day = event.currentTarget.value;
              onChange({ evidence: { ...evidence, saidAt: day && `${day}T12:00:00Z` } });
            }}
          />
        </div>
      )}
      {subscribes && (
        <Switch
          mt={16}
          label={t("imports.asks")}
          description={t(always ? "imports.asksAlways" : "imports.asksWords")}
          checked={(always || settings.asksConfirmation) ?? false}
          disabled={always || Boolean(evidence)}
          onChange={(event) => onChange({ asksConfirmation: event.currentTarget.checked })}
        />
      )}
    </>
  );
}
