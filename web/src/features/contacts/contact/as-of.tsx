import { Button, Popover, Slider, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { useNow } from "@/lib/now";
import { IconChevronDown } from "@/ui/icons";
import css from "./as-of.module.css";
import { readLocal, toLocal } from "./local-time";

const STEPS = 500;
interface AsOfProps {
  /** When the contact became known: the slider begins there. */
  since: string;
  value: string | undefined;
  onChange: (asOf: string | undefined) => void;
}

/** Chooses the moment as of which the profile is shown, by a slider from the first day on or by date. */
export function AsOf({ since, value, onChange }: AsOfProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  const { timeZone } = format.locale;
  const local = (at: Date) => toLocal(at, timeZone);
  const first = Date.parse(since);
  const last = Math.max(now.getTime(), first + 1);
  const place = (at: number) => Math.round(((at - first) / (last - first)) * STEPS);
  const [step, setStep] = useState(STEPS);
  /** What is being typed; undefined: the field shows the moment that is chosen, or now by the product's clock. */
  const [typed, setTyped] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the passing of time moves nothing that was chosen
  useEffect(() => {
    setStep(value ? Math.min(Math.max(place(Date.parse(value)), 0), STEPS) : STEPS);
    setTyped(undefined);
  }, [value]);
  const momentOf = (at: number) =>
    at >= STEPS ? undefined : new Date(first + ((last - first) * at) / STEPS).toISOString();
  const choose = (text: string) => {
    setTyped(text);
    const at = readLocal(text, timeZone);
    if (at !== undefined) onChange(at >= last ? undefined : new Date(Math.max(at, first)).toISOString());
  };
  const shown = momentOf(step);
  return (
    <div className={css.whole}>
      <Popover position="bottom-end" width={320} offset={6} radius="10px" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            rightSection={<IconChevronDown size={15} stroke={1.8} />}
            data-past={value !== undefined || undefined}
            className={css.button}
          >
            {value ? (
              <>
                <span className={css.label}>{t("asOf.label", { moment: format.dateTime(value) })}</span>
                <span className={css.short}>{format.dateTime(value)}</span>
              </>
            ) : (
              t("asOf.labelNow")
            )}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={css.drop}>
          <div className={css.moment} aria-live="polite">
            {shown ? format.dateTime(shown) : t("asOf.now")}
          </div>
          <Slider
            min={0}
            max={STEPS}
            value={step}
            label={null}
            thumbLabel={t("asOf.slider")}
            thumbProps={{ "aria-valuetext": shown ? format.dateTime(shown) : t("asOf.now") }}
            onChange={setStep}
            onChangeEnd={(at) => onChange(momentOf(at))}
          />
          <div className={css.ends} aria-hidden>
            <span>{format.date(since)}</span>
            <span>{t("asOf.now")}</span>
          </div>
          <div className={css.foot}>
            <TextInput
              type="datetime-local"
              size="xs"
              label={t("asOf.moment")}
              value={typed ?? local(value ? new Date(value) : now)}
              min={local(new Date(first))}
              max={local(new Date(last))}
              onChange={(event) => choose(event.currentTarget.value)}
            />
            <Button size="xs" variant="default" disabled={!value} onClick={() => onChange(undefined)}>
              {t("asOf.back")}
            </Button>
          </div>
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
