import { Button, Checkbox, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type Consents, consentsQuery, type NewStatus } from "@/api/people";
import { Dialog } from "@/ui/dialog";
import { IconMail } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import css from "./choice-dialog.module.css";

/** What is to be recorded, once it is said how it came about. */
export type Asked =
  | {
      kind: "status";
      listId: string;
      listName: string;
      channel: NewStatus["channel"];
      status: NewStatus["status"];
      /** The list asks for confirmation: whoever subscribes waits for it. */
      asks: boolean;
    }
  | { kind: "leaf"; leaf: string; name: string }
  | { kind: "suppress" | "lift"; channel: "email" | "sms"; address: string };

interface Said {
  source: string;
  wording: string;
  /** Undefined until it is chosen: what somebody agreed to is never taken for granted. */
  status?: boolean;
  limitation: boolean;
  objection: boolean;
}

function record(id: string, asked: Asked, said: Said): Promise<Consents> {
  const { source, wording } = said;
  const path = { id };
  if (asked.kind === "status") {
    const { listId, channel, status } = asked;
    const body = { listId, channel, status, source, wording };
    return dataOf(client.PUT("/api/v1/contacts/{id}/statuses", { params: { path }, body }));
  }
  if (asked.kind === "leaf") {
    const params = { path: { id, leaf: asked.leaf } };
    const body = { ...said, status: said.status === true };
    return dataOf(client.PUT("/api/v1/contacts/{id}/consents/{leaf}", { params, body }));
  }
  const body = { channel: asked.channel, address: asked.address, wording };
  return asked.kind === "lift"
    ? dataOf(client.POST("/api/v1/contacts/{id}/suppressions/lift", { params: { path }, body }))
    : dataOf(client.POST("/api/v1/contacts/{id}/suppressions", { params: { path }, body }));
}

interface ChoiceDialogProps {
  contactId: string;
  asked: Asked;
  onClose: () => void;
}

/** Asks how a change came about and under which words: without proof nothing is recorded. */
export function ChoiceDialog({ contactId, asked, onClose }: ChoiceDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [said, setSaid] = useState<Said>({
    source: "",
    wording: "",
    limitation: false,
    objection: false,
  });
  const change = (part: Partial<Said>) => setSaid((before) => ({ ...before, ...part }));
  const save = useMutation({
    mutationFn: () => record(contactId, asked, said),
    onSuccess: async (consents) => {
      queries.setQueryData(consentsQuery(contactId).queryKey, consents);
      await queries.invalidateQueries({ queryKey: ["contact", contactId] });
      onClose();
    },
  });
  const title =
    asked.kind === "status"
      ? t(`consents.ask.${asked.status}.${asked.channel}`, { list: asked.listName })
      : asked.kind === "leaf"
        ? asked.name
        : t(`consents.ask.${asked.kind}`, { address: asked.address });
  const chips = ["phone", "shop", "letter", "email"].map((key) => t(`consents.sources.${key}`));
  const asksSource = asked.kind === "status" || asked.kind === "leaf";
  const ready =
    said.wording.trim() !== "" &&
    (!asksSource || said.source.trim() !== "") &&
    (asked.kind !== "leaf" || said.status !== undefined);
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        {!asksSource && <p className={css.does}>{t(`consents.does.${asked.kind}.${asked.channel}`)}</p>}
        <p className={css.words}>{t("consents.proofWords")}</p>
        {asked.kind === "status" && asked.status === "subscribed" && asked.asks && (
          <p className={css.asks}>
            <IconMail size={16} stroke={1.7} aria-hidden />
            {t("consents.asksWords")}
          </p>
        )}
        {asked.kind === "leaf" && (
          <div className={css.leaf}>
            <SegmentedControl
              aria-label={asked.name}
              size="xs"
              value={said.status === undefined ? "" : said.status ? "yes" : "no"}
              onChange={(value) => change({ status: value === "yes" })}
              data={[
                { value: "yes", label: t("consents.agrees") },
                { value: "no", label: t("consents.refuses") },
              ]}
            />
            <Checkbox
              size="xs"
              label={t("consents.limitation")}
              checked={said.limitation}
              onChange={(event) => change({ limitation: event.currentTarget.checked })}
            />
            <Checkbox
              size="xs"
              label={t("consents.objection")}
              checked={said.objection}
              onChange={(event) => change({ objection: event.currentTarget.checked })}
            />
          </div>
        )}
        {asksSource && (
          <>
            <TextInput
              label={t("consents.source")}
              value={said.source}
              maxLength={500}
              onChange={(event) => change({ source: event.currentTarget.value })}
            />
            <div className={css.chips}>
              {chips.map((chip) => (
                <button
                  key={chip}
                  type="button"
                  aria-pressed={said.source === chip}
                  onClick={() => change({ source: chip })}
                >
                  {chip}
                </button>
              ))}
            </div>
          </>
        )}
        <Textarea
          mt={14}
          label={t("consents.wording")}
          placeholder={t("consents.wordingExample")}
          autosize
          minRows={3}
          maxRows={8}
          maxLength={5000}
          data-autofocus
          value={said.wording}
          onChange={(event) => change({ wording: event.currentTarget.value })}
        />
        <Problem error={save.error} />
        <div className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            {t(`consents.record.${asked.kind === "status" ? asked.status : asked.kind}`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
