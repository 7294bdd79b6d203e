import { SegmentedControl, Select, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { listTemplatesQuery, type TemplateLine } from "@/api/lists";
import { Section } from "@/ui/section";
import { faultOf } from "./draft";
import css from "./lists.module.css";
import type { PartProps } from "./sender-fields";

interface JoiningFieldsProps extends PartProps {
  /** None: the list is still to be made, and has no templates to choose from. */
  listId: string | undefined;
}

/** What happens to those who ask to be on the list, and what is measured of its messages. */
export function JoiningFields({ listId, ...part }: JoiningFieldsProps) {
  const { t } = useTranslation();
  const { draft, change, disabled } = part;
  return (
    <>
      <Section title={t("lists.joining")}>
        <SegmentedControl
          fullWidth
          aria-label={t("lists.optIn")}
          disabled={disabled}
          value={draft.optIn}
          onChange={(value) => change({ optIn: value === "double" ? "double" : "single" })}
          data={(["single", "double"] as const).map((one) => ({ value: one, label: t(`lists.${one}`) }))}
        />
        <p className={css.words}>{t(`lists.${draft.optIn}Words`)}</p>
        {listId ? <OwnMessages {...part} listId={listId} /> : <p className={css.words}>{t("lists.later")}</p>}
      </Section>
      <Section title={t("lists.tracking")}>
        <div className={css.fields}>
          <Switch
            label={t("lists.tracksOpens")}
            description={t("lists.tracksOpensWords")}
            checked={draft.tracksOpens}
            disabled={disabled}
            onChange={(event) => change({ tracksOpens: event.currentTarget.checked })}
          />
          <Switch
            label={t("lists.tracksClicks")}
            description={t("lists.tracksClicksWords")}
            checked={draft.tracksClicks}
            disabled={disabled}
            onChange={(event) => change({ tracksClicks: event.currentTarget.checked })}
          />
        </div>
      </Section>
    </>
  );
}

/** The list's own messages: the confirmation, and the first notification. */
function OwnMessages({ draft, change, error, disabled, listId }: PartProps & { listId: string }) {
  const { t } = useTranslation();
  const templates = useQuery(listTemplatesQuery(listId));
  const emails = (templates.data?.items ?? []).filter((one) => one.kind === "email");
  const choices = (of: TemplateLine[]) => of.map((one) => ({ value: one.id, label: one.name }));
  return (
    <div className={css.fields} style={{ marginTop: 16 }}>
      <Select
        label={t("lists.confirmation")}
        description={t("lists.confirmationWords")}
        placeholder={t("lists.confirmationOwn")}
        clearable
        disabled={disabled || templates.isPending}
        error={faultOf(error, "confirmationTemplateId")}
        value={draft.confirmationTemplateId}
        data={choices(emails.filter((one) => one.class === "transactional"))}
        nothingFoundMessage={t("lists.noTemplates")}
        onChange={(value) => change({ confirmationTemplateId: value })}
      />
      <Switch
        label={t("lists.welcomeOn")}
        description={t("lists.welcomeOnWords")}
        checked={draft.hasWelcome}
        disabled={disabled}
        onChange={(event) => change({ hasWelcome: event.currentTarget.checked })}
      />
      {draft.hasWelcome && (
        <Select
          label={t("lists.welcomeTemplate")}
          placeholder={t("lists.chooseTemplate")}
          disabled={disabled || templates.isPending}
          error={faultOf(error, "welcomeTemplateId")}
          value={draft.welcomeTemplateId}
          data={choices(emails)}
          nothingFoundMessage={t("lists.noTemplates")}
          onChange={(value) => change({ welcomeTemplateId: value })}
        />
      )}
    </div>
  );
}
