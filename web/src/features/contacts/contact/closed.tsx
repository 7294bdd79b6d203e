import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import type { Consents } from "@/api/people";
import type { Contact } from "@/api/types";
import { useFormat } from "@/lib/format";
import { reasonText } from "@/lib/vocabulary";
import { Section } from "@/ui/section";
import type { Asked } from "./choice-dialog";
import css from "./consents-panel.module.css";

interface ClosedProps {
  contact: Contact;
  consents: Consents;
  onAsk: (asked: Asked) => void;
}

/** Addresses that are closed, and why; those of the contact that are open may be closed by hand. */
export function Closed({ contact, consents, onAsk }: ClosedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const { suppressions } = consents;
  const open = (
    [
      ["email", contact.email],
      ["sms", contact.phone],
    ] as const
  ).filter(
    ([channel, address]) =>
      address && !suppressions.some((one) => one.channel === channel && one.address === address),
  );
  return (
    <Section title={t("consents.suppressions")}>
      {suppressions.length === 0 && <p className={css.none}>{t("consents.noSuppressions")}</p>}
      {suppressions.map((one) => (
        <div key={`${one.channel}/${one.address}/${one.reason}`} className={css.card}>
          <div className={css.name}>{one.address}</div>
          <p className={css.words}>
            {[t(`channels.${one.channel}`), reasonText(t, one.reason), format.dateTime(one.createdAt)].join(
              " · ",
            )}
          </p>
          {may("contacts.erase") && (
            <Button
              size="xs"
              variant="default"
              mt={10}
              onClick={() => onAsk({ kind: "lift", channel: one.channel as "email", address: one.address })}
            >
              {t("consents.lift")}
            </Button>
          )}
        </div>
      ))}
      {may("contacts.write") &&
        open.map(([channel, address]) => (
          <Button
            key={channel}
            size="xs"
            variant="default"
            mt={8}
            mr={8}
            onClick={() => onAsk({ kind: "suppress", channel, address: address ?? "" })}
          >
            {t("consents.suppress", { address })}
          </Button>
        ))}
    </Section>
  );
}
