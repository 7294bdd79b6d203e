import { Select, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "@/api/client";
import type { SubscriptionList } from "@/api/lists";
import { IconAlertTriangle } from "@/ui/icons";
import { Section } from "@/ui/section";
import { type Draft, faultOf } from "./draft";
import css from "./lists.module.css";

export interface PartProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  error: ApiProblem | null;
  disabled: boolean;
}

interface SenderFieldsProps extends PartProps {
  warnings: SubscriptionList["warnings"];
}

type Text = "name" | "senderName" | "senderAddress" | "replyTo" | "smsSender";

const zones = Intl.supportedValuesOf("timeZone");

/** What the list is called and in whose name it speaks; what may keep its email from arriving is said at once. */
export function SenderFields({ draft, change, error, disabled, warnings }: SenderFieldsProps) {
  const { t } = useTranslation();
  const text = (setting: Text) => ({
    label: t(`lists.${setting}`),
    value: draft[setting],
    error: faultOf(error, setting),
    disabled,
    onChange: (event: { currentTarget: { value: string } }) =>
      change({ [setting]: event.currentTarget.value }),
  });
  return (
    <>
      <Section title={t("lists.about")}>
        <div className={css.fields}>
          <TextInput {...text("name")} maxLength={100} />
          <div className={css.two}>
            <Select
              label={t("lists.language")}
              value={draft.language}
              allowDeselect={false}
              disabled={disabled}
              data={(["it", "en"] as const).map((one) => ({ value: one, label: t(`languages.${one}`) }))}
              onChange={(value) => change({ language: value === "en" ? "en" : "it" })}
            />
            <Select
              label={t("lists.timeZone")}
              value={draft.timeZone}
              searchable
              allowDeselect={false}
              disabled={disabled}
              error={faultOf(error, "timeZone")}
              limit={60}
              data={zones.includes(draft.timeZone) ? zones : [draft.timeZone, ...zones]}
              nothingFoundMessage={t("common.nothingFound")}
              onChange={(value) => value && change({ timeZone: value })}
            />
          </div>
        </div>
      </Section>
      <Section title={t("lists.sender")}>
        <div className={css.fields}>
          <TextInput {...text("senderName")} maxLength={100} />
          <TextInput {...text("senderAddress")} type="email" autoComplete="off" />
          {warnings.map((warning) => (
            <div key={warning} className={css.attention} role="note">
              <IconAlertTriangle size={16} stroke={1.8} aria-hidden />
              <span>
                {t(`lists.warnings.${warning}`)}{" "}
                {warning === "domain_waits" && <Link to="/domains">{t("lists.seeDomains")}</Link>}
              </span>
            </div>
          ))}
          <TextInput
            {...text("replyTo")}
            type="email"
            autoComplete="off"
            placeholder={t("lists.replyToEmpty")}
          />
          <TextInput {...text("smsSender")} description={t("lists.smsSenderWords")} maxLength={16} />
        </div>
      </Section>
    </>
  );
}
